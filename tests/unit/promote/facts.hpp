#pragma once

#include <chrono>
#include <string>
#include <utility>
#include <vector>

#include <failover/dns.hpp>
#include <failover/error.hpp>
#include <failover/fencer.hpp>
#include <failover/observer.hpp>
#include <failover/promoter.hpp>

/// The facts of a night on which a promotion may go, for tests to change one of them at a time.
namespace failover::promote_test {

inline Observation seen(const std::string& text, Result<Health> health) {
  Observation observation;
  observation.target.text = text;
  observation.target.scheme = "sip";
  observation.target.host = text;
  observation.health = std::move(health);
  observation.detail = "as told";
  return observation;
}

inline PeerFacts dead_peer(const std::string& name, const std::string& address) {
  PeerFacts peer;
  peer.name = name;
  peer.addresses = {address};
  peer.observations = {seen("sip://" + address, Health::down)};
  peer.verdict = {Health::down, "1 of 1 down"};
  peer.fencers = {{"/fence (power)", FenceKind::power, FenceState::on}};
  return peer;
}

inline ViewFacts view(std::vector<std::string> addresses, std::optional<EpochMark> mark) {
  ViewFacts facts;
  facts.name = "rfc2136://ns/zone";
  facts.description = "zone at ns";
  facts.current = ServiceRecord{std::move(addresses), std::chrono::seconds(60), std::move(mark)};
  facts.from = {{"192.0.2.1"}};
  facts.to = {"192.0.2.2"};
  return facts;
}

inline PromotionFacts good_facts() {
  PromotionFacts facts;
  facts.now = std::chrono::sys_days(std::chrono::year(2026) / 11 / 23);
  facts.backup = BackupFacts{"nightly.zip", facts.now - std::chrono::hours(4), facts.now - std::chrono::hours(3)};
  facts.role = "standby";
  facts.references = {seen("sip://r1", Health::up), seen("sip://r2", Health::up)};
  facts.independent_references = 2;
  facts.self_probes = {seen("sip://self", Health::down)};
  facts.peers = {dead_peer("a", "192.0.2.1")};
  facts.views = {view({"192.0.2.1"}, EpochMark{3, "a", "2026-01-01T00:00:00Z"})};
  facts.arbiter = ArbiterRecord{};
  return facts;
}

inline PromotionSettings settings() {
  PromotionSettings made;
  made.service = "pbx.example";
  made.node = "b";
  made.to = {"192.0.2.2"};
  made.self_probes = {Target{"sip://self", "sip", "self", 5060, "", {}}};
  made.references = {Target{"sip://r1", "sip", "r1", 5060, "", {}}, Target{"sip://r2", "sip", "r2", 5060, "", {}}};
  return made;
}

inline EarlierPromotion earlier(PromotionStep step, std::vector<PromotionStep> left) {
  EarlierPromotion last;
  last.service = "pbx.example";
  last.epoch = 4;
  last.step = step;
  last.left = std::move(left);
  return last;
}

}  // namespace failover::promote_test
