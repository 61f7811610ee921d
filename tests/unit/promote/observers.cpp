#include "promote/observers.hpp"

#include <chrono>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include <failover/context.hpp>
#include <failover/error.hpp>
#include <failover/promoter.hpp>
#include <failover/watch.hpp>

#include "support/catch.hpp"
#include "unit/promote/fake_world.hpp"

using namespace failover;
using namespace failover::promote_test;
using std::chrono::seconds;

namespace {

NodeObservation says(const std::string& node, Result<Health> health, std::optional<Duration> age = seconds(1)) {
  NodeObservation one;
  one.node = node;
  one.health = std::move(health);
  one.age = age;
  return one;
}

NodeObservation served(const std::string& node) {
  auto one = says(node, Health::up);
  one.role = WitnessRole::active;
  return one;
}

class FakeStore final : public Witnesses {
 public:
  explicit FakeStore(Result<std::vector<NodeObservation>> seen) : seen_(std::move(seen)) {}
  [[nodiscard]] std::string describe() const override { return "a store"; }
  Result<void> publish(const NodeObservation&, std::chrono::seconds, const Context&) override { return {}; }
  Result<std::vector<NodeObservation>> read(const Context&) override { return seen_; }

 private:
  Result<std::vector<NodeObservation>> seen_;
};

using Seen = std::vector<NodeObservation>;

}  // namespace

TEST_CASE("observers are binding: only their down lets a failover go") {
  const auto unread = fail(ErrorKind::unreachable, "no answer");
  struct Case {
    const char* name;
    Result<Seen> seen;
    bool goes;
  };
  const std::vector<Case> cases{
      {"another sees down, too", Seen{says("c", Health::down)}, true},
      {"another sees up", Seen{says("c", Health::up)}, false},
      {"nobody else says anything", Seen{}, false},
      {"another does not know", Seen{says("c", fail(ErrorKind::timeout, "?"))}, false},
      {"another said down long ago", Seen{says("c", Health::down, seconds(91))}, false},
      {"another said down, nobody knows when", Seen{says("c", Health::down, std::nullopt)}, false},
      {"our own watch counts once, not twice", Seen{says("b", Health::down)}, false},
      {"what our watch said is not newer than our own look", Seen{says("b", Health::up), says("c", Health::down)},
       true},
      {"what this host said when it was the active is not the active's word",
       Seen{served("b"), says("c", Health::down)}, true},
      {"the active says that it serves", Seen{served("a"), says("c", Health::down)}, false},
      {"the store cannot be read", unread, false},
  };
  for (const auto& each : cases) {
    CAPTURE(each.name);
    Stage stage;
    stage.observers.push_back(std::make_unique<FakeStore>(each.seen));
    const auto report = stage.go();
    CHECK(!report.failure == each.goes);
    CHECK(stage.world.serves_here() == each.goes);
    if (!each.goes) CHECK(report.failure.value_or(Error{}).kind == ErrorKind::refused);
  }
}

TEST_CASE("observers are asked again right before the first fence command") {
  class Wavering final : public Witnesses {
   public:
    [[nodiscard]] std::string describe() const override { return "a store"; }
    Result<void> publish(const NodeObservation&, std::chrono::seconds, const Context&) override { return {}; }
    Result<std::vector<NodeObservation>> read(const Context&) override {
      return Seen{says("c", ++reads_ == 1 ? Health::down : Health::up)};
    }
    int reads_ = 0;
  };
  Stage stage;
  stage.observers.push_back(std::make_unique<Wavering>());
  const auto report = stage.go();
  CHECK(report.failure.value_or(Error{}).kind == ErrorKind::refused);
  CHECK(!stage.world.logged("fence 4"));
}

TEST_CASE("behind the commit observers do not bind: it is this host that they see") {
  auto facts = good_facts();
  facts.earlier = earlier(PromotionStep::start, {PromotionStep::commit, PromotionStep::pre_hook});
  facts.journal_epoch = 4;
  facts.observers = {{"a store", Seen{}, {Health::up, "up"}}};
  CHECK(plan_promotion(settings(), facts).decision == PromotionDecision::go_on);
  facts.earlier.reset();
  CHECK(plan_promotion(settings(), facts).decision == PromotionDecision::stop);
}

TEST_CASE("in a switchover observers do not bind: they see the active host serve") {
  auto facts = good_facts();
  facts.peers.front().verdict = {Health::up, "it serves"};
  facts.peers.front().fencers = {{"a service fencer", failover::FenceKind::service, failover::FenceState::on, true}};
  facts.observers = {{"a store", Seen{}, {Health::up, "up"}}};
  auto planned = settings();
  planned.switchover = true;
  CHECK(plan_promotion(planned, facts).decision == PromotionDecision::go);
  CHECK(plan_promotion(settings(), facts).decision == PromotionDecision::stop);
}
