#include <algorithm>
#include <cstdint>
#include <functional>
#include <set>
#include <string>
#include <vector>

#include <failover/arbiter.hpp>
#include <failover/context.hpp>
#include <failover/error.hpp>
#include <failover/promoter.hpp>

#include "support/catch.hpp"
#include "unit/promote/fake_world.hpp"

using namespace failover;
using namespace failover::promote_test;

namespace {

/// A record in memory whose claims are lost where a test says so: at the N-th call of one kind.
class LosingArbiter final : public Arbiter {
 public:
  [[nodiscard]] std::string describe() const override { return "scripted"; }
  [[nodiscard]] bool keeps_record() const noexcept override { return true; }
  [[nodiscard]] Result<void> may_run_unattended() const override { return {}; }
  Result<ArbiterRecord> read(const Context& /*context*/) override {
    ArbiterRecord record{epoch, {maybe.begin(), maybe.end()}, {}, {}};
    if (!active.empty()) record.active = active;
    if (!other.empty()) record.promoting = other;
    return record;
  }
  Result<void> adopt(const std::string& /*node*/, std::uint64_t /*epoch*/, const Context& /*context*/) override {
    return {};
  }
  Result<ArbiterClaim> claim(const ClaimRequest& request, const Context& /*context*/) override {
    if (!other.empty()) return fail(ErrorKind::refused, other + " promotes at this moment");
    ++claims;
    held = true;
    active.clear();
    epoch = std::max(epoch, request.epoch_floor) + 1;
    maybe.insert(request.node);
    std::vector<std::string> others(request.peers.begin(), request.peers.end());
    return ArbiterClaim{epoch, others};
  }
  Result<void> take_up(const std::string& /*node*/, std::uint64_t /*epoch*/, const Context& /*context*/) override {
    return {};
  }
  Result<void> still_ours(const Context& /*context*/) override { return held_at("still_ours"); }
  Result<void> confirm_off(const std::string& node, const Context& /*context*/) override {
    FO_TRY(held_at("confirm_off"));
    maybe.erase(node);
    return {};
  }
  Result<void> commit(const Context& /*context*/) override {
    FO_TRY(held_at("commit"));
    active = "b";
    return {};
  }
  Result<void> withdraw(const std::string& /*node*/, std::uint64_t /*epoch*/, const Context& /*context*/) override {
    held = false;
    ++withdrawals;
    return {};
  }
  Result<std::uint64_t> hand_over(const std::string& /*from*/, const std::string& to, std::uint64_t floor,
                                  const Context& /*context*/) override {
    active = to;
    maybe = {to};
    return epoch = std::max(epoch, floor) + 1;
  }
  Result<void> leave(const std::string& node, const Context& /*context*/) override {
    maybe.erase(node);
    return {};
  }
  Result<void> release(const Context& /*context*/) override { return {}; }

  std::uint64_t epoch = 3;
  std::set<std::string> maybe{"a"};
  std::string active = "a";
  std::string other;  ///< who promotes instead, from the loss on when `taken_by` is set
  std::string taken_by;
  bool held = false;
  int claims = 0;
  int withdrawals = 0;
  std::string lose_at;  ///< the call that finds the claim lost
  int losses = 1;       ///< how often
  std::function<void()> on_loss;

 private:
  Result<void> held_at(const std::string& call) {
    if (call == lose_at && losses > 0) {
      --losses;
      held = false;
      other = taken_by;
      if (on_loss) on_loss();
    }
    if (held || active == "b") return {};
    return fail(ErrorKind::conflict, "the claim is lost: its lease has ended");
  }
};

struct Lost : Stage {
  explicit Lost(const std::string& call, int losses = 1) {
    record.lose_at = call;
    record.losses = losses;
    arbiter = &record;
  }
  LosingArbiter record;
};

int count(const World& world, const std::string& opening) {
  return static_cast<int>(
      std::ranges::count_if(world.log, [&](const auto& line) { return line.starts_with(opening); }));
}

}  // namespace

TEST_CASE("a claim that is lost before the commit is taken anew, with another look and a new epoch") {
  for (const std::string& call : std::vector<std::string>{"still_ours", "confirm_off", "commit"}) {
    CAPTURE(call);
    Lost stage(call);
    const auto report = stage.go();
    CAPTURE(report.failure ? report.failure->message : "");
    REQUIRE(!report.failure);
    CHECK(stage.record.claims == 2);
    CHECK(report.epoch == 5);
    CHECK(stage.world.record.mark->epoch == 5);
    CHECK(stage.status().role == "active");
    CHECK(stage.status().role_epoch == 5);
    REQUIRE(report.warnings.size() == 1);
    CHECK(report.warnings.front().contains("starts again"));
    // What was fenced under the lost claim is fenced under the new one, too.
    CHECK(count(stage.world, "fence 5") == 1);
    CHECK(count(stage.world, "fence 4") == (call == "still_ours" ? 0 : 1));
    CHECK(!stage.world.logged("BOTH ON"));
  }
}

TEST_CASE("one-winner: a claim that another has taken is not taken back") {
  for (const std::string& call : std::vector<std::string>{"still_ours", "confirm_off", "commit"}) {
    CAPTURE(call);
    Lost stage(call);
    stage.record.taken_by = "c";
    const auto report = stage.go();
    REQUIRE(report.failure);
    const bool touched = call != "still_ours";
    CHECK(report.failure->kind == (touched ? ErrorKind::unfinished : ErrorKind::refused));
    CHECK(stage.record.claims == 1);
    CHECK(!stage.world.serves_here());
    CHECK(stage.world.record.mark->epoch == 3);
    CHECK(stage.record.withdrawals == (touched ? 0 : 1));
    if (touched) CHECK(report.next.contains("fo-promote resume"));
  }
}

TEST_CASE("a lost claim starts again with a look: a node that is back stops the run, and a person is asked once") {
  Lost stage("confirm_off");
  stage.world.fencer_lies = true;  // it stays as it is
  stage.record.on_loss = [&stage] { stage.world.peer_runs = true; };
  int asked = 0;
  const auto report = stage.go(false, [&asked](const PromotionPlan&, PromotionParts&) -> Result<void> {
    ++asked;
    return {};
  });
  REQUIRE(report.failure);
  CHECK(asked == 1);
  CHECK(report.failure->kind == ErrorKind::unfinished);
  CHECK(report.failure->message.contains("a is healthy"));
  CHECK(stage.record.claims == 1);
  CHECK(!stage.world.serves_here());
}

TEST_CASE("bounded: claims that are lost again and again end the run unfinished, with the command to type") {
  Lost stage("confirm_off", 100);
  const auto report = stage.go();
  REQUIRE(report.failure);
  CHECK(report.failure->kind == ErrorKind::unfinished);
  CHECK(stage.record.claims == 4);
  CHECK(report.next.contains("fo-promote resume"));
  CHECK(!stage.world.serves_here());
  stage.record.losses = 0;
  REQUIRE(!stage.go(true).failure);
  CHECK(stage.world.record.mark->epoch == 8);
  CHECK(stage.world.serves_here());
}

TEST_CASE("a stop request is not outlived by a claim that is taken anew") {
  Lost stage("confirm_off");
  std::stop_source stop;
  Context context;
  context.stop = stop.get_token();
  stage.world.on_fence = [&] { stop.request_stop(); };
  const auto report = stage.go(false, {}, context);
  REQUIRE(report.failure);
  CHECK(stage.record.claims == 1);
}
