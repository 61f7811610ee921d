#include <string>

#include <failover/promoter.hpp>

#include "support/catch.hpp"
#include "unit/promote/facts.hpp"

using namespace failover;
using namespace failover::promote_test;

TEST_CASE("the evidence page names every fact a person decides by") {
  auto facts = good_facts();
  const auto wanted = settings();
  std::string page;
  for (const auto& line : promotion_evidence(wanted, plan_promotion(wanted, std::move(facts)))) page += line + "\n";
  for (const auto* part : {"pbx.example", "epoch 4", "a (192.0.2.1)", "sip://192.0.2.1", "/fence (power): says on",
                           "sip://r1", "nightly.zip", "is lost: 4 h", "192.0.2.1 (TTL 60 s) -> 192.0.2.2",
                           "for 60 s after the change", "cannot be undone", "fence ", "commit"}) {
    CAPTURE(part);
    CHECK(page.find(part) != std::string::npos);
  }
}
