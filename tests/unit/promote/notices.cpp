#include "promote/notices.hpp"

#include <algorithm>
#include <chrono>
#include <memory>
#include <mutex>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include <failover/context.hpp>
#include <failover/error.hpp>
#include <failover/promoter.hpp>

#include "state/role_file.hpp"
#include "state/state_dir.hpp"
#include "support/catch.hpp"
#include "unit/promote/fake_world.hpp"

using namespace failover;
using namespace failover::promote_test;
using std::chrono::milliseconds;
using std::chrono::seconds;

namespace {

/// What was told, by every notifier of a test.
struct Told {
  std::mutex mutex;
  std::vector<std::string> events;

  std::vector<std::string> all() {
    const std::scoped_lock lock(mutex);
    return events;
  }
};

class FakeNotifier final : public Notifier {
 public:
  explicit FakeNotifier(Told& told, bool hangs = false, bool fails = false) noexcept
      : told_(told), hangs_(hangs), fails_(fails) {}
  [[nodiscard]] std::string describe() const override { return hangs_ ? "hung" : "fake"; }
  Result<void> send(const Notification& notification, const Context& context) override {
    if (hangs_) {
      std::this_thread::sleep_for(context.deadline.remaining());
      return fail(ErrorKind::timeout, "it hangs");
    }
    if (fails_) return fail(ErrorKind::io, "it fails");
    const std::scoped_lock lock(told_.mutex);
    told_.events.push_back(fmt::format("{} {} {} {}", to_string(notification.event), notification.service,
                                       notification.node, notification.epoch));
    return {};
  }

 private:
  Told& told_;
  bool hangs_;
  bool fails_;
};

struct TellingStage : Stage {
  Told told;
  std::vector<std::string> events() { return told.all(); }

  PromotionReport go_telling(bool resume = false) {
    notifiers.push_back(std::make_unique<FakeNotifier>(told));
    return go(resume);
  }
};

}  // namespace

TEST_CASE("everybody gets every message in its order, and a failure is told") {
  Told told;
  std::vector<std::unique_ptr<Notifier>> notifiers;
  notifiers.push_back(std::make_unique<FakeNotifier>(told));
  notifiers.push_back(std::make_unique<FakeNotifier>(told, false, true));
  Notices notices(notifiers, Deadline::never());
  notices.post({PromotionEvent::begun, "s", "b", 1, {}, {}, {}, {}, {}, {}});
  notices.post({PromotionEvent::done, "s", "b", 1, {}, {}, {}, {}, {}, {}});
  const auto outcomes = notices.finish();
  CHECK(told.all() == std::vector<std::string>{"begun s b 1", "done s b 1"});
  REQUIRE(outcomes.size() == 4);
  CHECK(std::ranges::count_if(outcomes, [](const auto& each) { return each.failure.has_value(); }) == 2);
}

TEST_CASE("one that hangs delays neither who posts nor the others, and ends by the deadline") {
  Told told;
  std::vector<std::unique_ptr<Notifier>> notifiers;
  notifiers.push_back(std::make_unique<FakeNotifier>(told, true));
  notifiers.push_back(std::make_unique<FakeNotifier>(told));
  const auto begun = Deadline::Clock::now();
  Notices notices(notifiers, Deadline::after(milliseconds(600)));
  notices.post({PromotionEvent::begun, "s", "b", 1, {}, {}, {}, {}, {}, {}});
  CHECK(Deadline::Clock::now() - begun < milliseconds(300));
  for (int i = 0; i < 50 && told.all().empty(); ++i) std::this_thread::sleep_for(milliseconds(10));
  CHECK(told.all().size() == 1);
  const auto outcomes = notices.finish();
  CHECK(outcomes.size() == 2);
  CHECK(Deadline::Clock::now() - begun < milliseconds(1500));
}

TEST_CASE("a promotion keeps a little of its time for those who are told of its end") {
  CHECK(before_notices(Deadline::never()).is_never());
  const auto left = before_notices(Deadline::after(std::chrono::minutes(15))).remaining();
  CHECK(left > std::chrono::minutes(15) - seconds(6));
  CHECK(left <= std::chrono::minutes(15) - seconds(5));
  CHECK(before_notices(Deadline::after(seconds(10))).remaining() > seconds(8));
}

TEST_CASE("a promotion tells that it begins before its first fence command, and that it is done") {
  TellingStage stage;
  stage.world.on_fence = [&stage] {
    for (int i = 0; i < 200 && stage.events().empty(); ++i) std::this_thread::sleep_for(milliseconds(10));
    CHECK(stage.events() == std::vector<std::string>{"begun pbx.example b 4"});
  };
  const auto report = stage.go_telling();
  CHECK(!report.failure);
  CHECK(stage.events() == std::vector<std::string>{"begun pbx.example b 4", "done pbx.example b 4"});
  CHECK(report.notices.size() == 2);
  CHECK(report.warnings.empty());
}

TEST_CASE("unfinished, withdrawn and superseded are told; a refusal before the claim is not") {
  {
    TellingStage stage;
    stage.world.fence_fails = Error{ErrorKind::io, "dead"};
    CHECK(stage.go_telling().event == PromotionEvent::unfinished);
    CHECK(stage.events().back() == "unfinished pbx.example b 4");
  }
  {
    TellingStage stage;
    stage.settings.until = PromotionStep::observe_again;
    CHECK(stage.go_telling().event == PromotionEvent::withdrawn);
    CHECK(stage.events() == std::vector<std::string>{"withdrawn pbx.example b 4"});
  }
  {
    TellingStage stage;
    stage.world.on_fence = [&stage] {
      REQUIRE(
          write_role(StateDir::at(stage.settings.state_dir), {Role::fenced, 8, "b", std::chrono::system_clock::now()}));
    };
    CHECK(stage.go_telling().event == PromotionEvent::superseded);
    CHECK(stage.events().back() == "superseded pbx.example b 4");
  }
  {
    TellingStage stage;
    stage.world.references_up = false;
    CHECK(!stage.go_telling().event);
    CHECK(stage.events().empty());
  }
}

TEST_CASE("a notifier that fails or hangs changes nothing in a promotion") {
  for (const bool hangs : {true, false}) {
    TellingStage stage;
    stage.notifiers.push_back(std::make_unique<FakeNotifier>(stage.told, hangs, !hangs));
    const auto report = stage.go(false, {}, {Deadline::after(seconds(3)), {}, nullptr});
    CHECK(!report.failure);
    CHECK(report.warnings.empty());
    CHECK(stage.world.serves_here());
    REQUIRE(report.notices.size() == 2);
    CHECK(report.notices.back().failure);
  }
}
