#include <failover/error.hpp>
#include <failover/promoter.hpp>

#include "support/catch.hpp"
#include "unit/promote/facts.hpp"

using namespace failover;
using namespace failover::promote_test;

namespace {

PromotionFacts facts_of_a_misspelt_probe() {
  auto facts = good_facts();
  facts.peers[0].never_up = {{"sip://192.0.2.l"}};
  return facts;
}

}  // namespace

TEST_CASE("isolation: an unattended run refuses probes that were never seen up, and says how to go on") {
  const auto plan = plan_promotion(settings(), facts_of_a_misspelt_probe());
  CHECK(plan.decision == PromotionDecision::stop);
  REQUIRE(plan.objections.size() == 1);
  CHECK(plan.objections[0].rule == "isolation");
  CHECK(plan.objections[0].kind == ErrorKind::refused);
  CHECK(plan.objections[0].reason.find("--until up sip://192.0.2.l") != std::string::npos);
}

TEST_CASE("isolation: a person at the terminal is warned of probes that were never seen up") {
  auto attended = settings();
  attended.attended = true;
  const auto plan = plan_promotion(attended, facts_of_a_misspelt_probe());
  CHECK(plan.decision == PromotionDecision::go);
  CHECK(plan.warnings.size() == 1);
}

TEST_CASE("probes that were never seen up count when the admin says so, and behind the commit") {
  auto assuming = settings();
  assuming.assume_was_up = true;
  CHECK(plan_promotion(assuming, facts_of_a_misspelt_probe()).decision == PromotionDecision::go);
  auto committed = facts_of_a_misspelt_probe();
  committed.earlier = earlier(PromotionStep::start, {PromotionStep::commit, PromotionStep::pre_hook});
  committed.journal_epoch = 4;
  CHECK(plan_promotion(settings(), committed).decision == PromotionDecision::go_on);
}

TEST_CASE("isolation: a memory that cannot be read never reads as one that saw everything up") {
  auto facts = good_facts();
  facts.peers[0].never_up = fail(ErrorKind::integrity, "damaged");
  const auto plan = plan_promotion(settings(), facts);
  CHECK(plan.decision == PromotionDecision::stop);
  CHECK(plan.objections.at(0).kind == ErrorKind::integrity);
}
