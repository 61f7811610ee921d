#include <chrono>
#include <string>
#include <utility>
#include <vector>

#include <failover/dns.hpp>
#include <failover/observer.hpp>
#include <failover/promoter.hpp>
#include <failover/watch.hpp>

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

TEST_CASE("a view without compare-and-swap is no secret") {
  const auto page_of = [](Swap swap) {
    auto facts = good_facts();
    facts.views.front().swap = swap;
    const auto wanted = settings();
    std::string page;
    for (const auto& line : promotion_evidence(wanted, plan_promotion(wanted, std::move(facts)))) page += line + "\n";
    return page;
  };
  CHECK(page_of(Swap::atomic).find("TTL 60 s, compare-and-swap") != std::string::npos);
  CHECK(page_of(Swap::atomic).find("no compare-and-swap there") == std::string::npos);
  CHECK(page_of(Swap::checked).find("TTL 60 s, checked before and after") != std::string::npos);
  CHECK(page_of(Swap::checked).find("no compare-and-swap there") != std::string::npos);
}

TEST_CASE("the evidence tells what is in the backup, what others see, and when callers are back") {
  auto facts = good_facts();
  facts.backup = BackupFacts{"nightly.zip", facts.now - std::chrono::hours(4), facts.now, "Asterisk", "20.5.0", 42};
  NodeObservation other;
  other.node = "c";
  other.health = Health::down;
  other.age = std::chrono::seconds(7);
  other.reason = "2 of 2 down";
  facts.observers = {{"etcd x", std::vector<NodeObservation>{other}, {Health::down, "observers: 2 down"}}};
  const auto wanted = settings();
  std::string page;
  for (const auto& line : promotion_evidence(wanted, plan_promotion(wanted, std::move(facts)))) page += line + "\n";
  for (const auto* part : {"of Asterisk 20.5.0, 42 extensions", "others, by etcd x: down (observers: 2 down)",
                           "down    c (observer), 7 s ago: 2 of 2 down", "When callers are back: all of them"}) {
    CAPTURE(page, part);
    CHECK(page.find(part) != std::string::npos);
  }
}

TEST_CASE("the evidence says since when each probe and each observer sees what it sees, and what is unknown stays so") {
  auto facts = good_facts();
  facts.since = {{"sip://192.0.2.1", facts.now - std::chrono::minutes(3)},
                 {"sip://r1", facts.now - std::chrono::hours(50)}};
  NodeObservation c;
  c.node = "c";
  c.health = Health::down;
  c.age = std::chrono::seconds(7);
  c.same_for = std::chrono::seconds(53);
  auto d = c;
  d.node = "d";
  d.same_for = std::nullopt;
  auto e = c;
  e.node = "e";
  e.age = std::nullopt;
  facts.observers = {{"etcd x", std::vector<NodeObservation>{c, d, e}, {Health::down, "observers: 4 down"}}};
  const auto wanted = settings();
  std::string page;
  for (const auto& line : promotion_evidence(wanted, plan_promotion(wanted, std::move(facts)))) page += line + "\n";
  for (const auto* part :
       {"down    sip://192.0.2.1  as told; since 2026-11-22T23:57:00Z, for 3 min",
        "up      sip://r1  as told; since 2026-11-20T22:00:00Z, for 2 d 2 h",
        "up      sip://r2  as told; since when is not known",
        "c (observer), 7 s ago; since 2026-11-22T23:59:00Z, for 1 min",
        "d (observer), 7 s ago; since when is not known", "e (observer), nobody knows when; since when is not known"}) {
    CAPTURE(page, part);
    CHECK(page.find(part) != std::string::npos);
  }
}
