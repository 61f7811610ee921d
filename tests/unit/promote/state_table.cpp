#include "promote/state_table.hpp"

#include <cstddef>
#include <set>
#include <string_view>

#include <failover/promoter.hpp>

#include "support/catch.hpp"

using failover::PromotionStep;
using failover::WayOn;

TEST_CASE("the state table stands in the order of the steps and is indexed by them") {
  for (std::size_t i = 0; i < failover::promotion_table.size(); ++i) {
    CHECK(static_cast<std::size_t>(failover::promotion_table[i].step) == i);
  }
  CHECK(static_cast<std::size_t>(PromotionStep::done) + 1 == failover::promotion_table.size());
}

TEST_CASE("every step is reached once from the first, and the walk ends in done") {
  std::set<PromotionStep> reached;
  auto step = failover::promotion_table.front().step;
  while (reached.insert(step).second) step = failover::promotion_row(step).next;
  CHECK(step == PromotionStep::done);
  CHECK(reached.size() == failover::promotion_table.size());
}

TEST_CASE("all-or-nothing: no step is a dead end after a crash") {
  for (const auto& row : failover::promotion_table) {
    CAPTURE(row.name);
    CHECK(!row.comment.empty());
    CHECK(!row.crash.empty());
    CHECK((row.way_on == WayOn::nothing) == (row.step == PromotionStep::done));
    CHECK((row.way_on == WayOn::start_over) == (row.step < PromotionStep::fence));
    CHECK((row.way_on == WayOn::fence_anew) == (row.step == PromotionStep::fence || row.step == PromotionStep::commit));
  }
}

TEST_CASE("an interrupted run is committed where the table says that it can only go on") {
  for (const auto& row : failover::promotion_table) {
    CAPTURE(row.name);
    const bool only_on = row.way_on == WayOn::go_on || row.way_on == WayOn::nothing;
    failover::EarlierPromotion earlier;
    earlier.step = row.step;
    CHECK(earlier.committed() == only_on);
    // Completed, it is as if it had stopped in the next one.
    earlier.left = {row.step};
    const auto next = failover::promotion_row(row.next).way_on;
    CHECK(earlier.committed() == (next == WayOn::go_on || next == WayOn::nothing));
  }
}

TEST_CASE("fence-first: nothing starts and no name moves before fence and commit") {
  CHECK(PromotionStep::observe_again < PromotionStep::fence);
  CHECK(PromotionStep::fence < PromotionStep::commit);
  CHECK(PromotionStep::commit < PromotionStep::pre_hook);
  CHECK(PromotionStep::pre_hook < PromotionStep::start);
  CHECK(PromotionStep::self_probe < PromotionStep::dns);
}

TEST_CASE("step names are unique and can be read back") {
  std::set<std::string_view> names;
  for (const auto& row : failover::promotion_steps()) {
    CHECK(names.insert(row.name).second);
    const auto parsed = failover::parse_promotion_step(row.name);
    REQUIRE(parsed);
    CHECK(*parsed == row.step);
    CHECK(failover::to_string(row.step) == row.name);
  }
  const auto unknown = failover::parse_promotion_step("fencing");
  REQUIRE(!unknown);
  CHECK(unknown.error().message.find("observe-again") != std::string::npos);
}
