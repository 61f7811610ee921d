#include <algorithm>
#include <chrono>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include <failover/arbiter.hpp>
#include <failover/context.hpp>
#include <failover/dns.hpp>
#include <failover/error.hpp>
#include <failover/fencer.hpp>
#include <failover/observer.hpp>
#include <failover/promoter.hpp>
#include <failover/restorer.hpp>
#include <failover/role.hpp>

#include "support/catch.hpp"
#include "unit/promote/facts.hpp"

using namespace failover;
using namespace failover::promote_test;
using namespace std::chrono_literals;
using enum ReadyGrade;

namespace {

Observation answers(const std::string& text, Grade grade = Grade::ok) {
  Observation one;
  one.target = parse_target(text).value();
  one.health = Health::up;
  one.detail = "200 OK";
  one.grade = grade;
  return one;
}

DrillRecord drilled(WallTime when, bool good, const std::string& said) {
  DrillRecord drill;
  drill.when = when;
  drill.good = good;
  drill.said = said;
  return drill;
}

/// A standby that could take over: what one case changes is all that is wrong.
struct Standby {
  PromotionSettings settings = promote_test::settings();
  ReadySettings readiness;
  ReadyFacts facts;

  Standby() {
    settings.state_dir = "/var/lib/failover";
    settings.self_probes = {parse_target("sip://127.0.0.1").value(), parse_target("https://127.0.0.1:5001/").value()};
    auto& seen = facts.promotion;
    seen = good_facts();
    seen.role_epoch = seen.journal_epoch = 2;
    seen.self_probes = {seen.self_probes.front(), seen.self_probes.front()};
    auto& active = seen.peers.front();
    active.observations = {answers("sip://192.0.2.1"), answers("https://192.0.2.1:5001/")};
    active.verdict = {Health::up, "0 of 2 down"};
    active.never_up = std::vector<std::string>{};
    facts.keeps_record = true;
    seen.arbiter = ArbiterRecord{3, {"a"}, "a", std::nullopt};
    facts.hooks = {{"start-hook", {}}};
    facts.free_bytes = 10ULL << 30U;
    facts.contents.emplace();
    facts.contents->kind = "3CX";
    facts.contents->fqdn = "PBX.example.";
    facts.contents->certificates = {{"ssl/pbx.pem", "CN=pbx.example", seen.now + 60 * 24h}};
    facts.gateways = {{"provider", {answers("sip://198.51.100.1")}}};
    facts.drills = std::vector<DrillRecord>{drilled(seen.now - 24h, true, "in 48 s")};
  }

  [[nodiscard]] std::vector<ReadyCheck> rows() const { return judge_readiness(settings, readiness, facts); }
  /// Names and grades of all that is not ok.
  [[nodiscard]] std::vector<std::string> complaints() const {
    std::vector<std::string> bad;
    for (const auto& row : rows()) {
      if (row.grade == ok) continue;
      CHECK_FALSE(row.finding.empty());
      CHECK_FALSE(row.remedy.empty());
      bad.push_back(row.name + " " + std::string(to_string(row.grade)));
    }
    return bad;
  }
};

using Change = std::function<void(Standby&)>;
using Complaints = std::vector<std::string>;

struct Case {
  std::string complaint;
  Change change;
};

const Error broken{ErrorKind::unreachable, "nobody answers"};

PeerFacts& active(Standby& it) {
  return it.facts.promotion.peers.front();
}
PromotionFacts& seen_by(Standby& it) {
  return it.facts.promotion;
}

std::vector<Case> host_cases() {
  return {
      {"role critical", [](Standby& it) { it.facts.memory = std::unexpected(broken); }},
      {"role critical", [](Standby& it) { seen_by(it).earlier = earlier(PromotionStep::fence, {}); }},
      {"role critical", [](Standby& it) { seen_by(it).role = "promoting"; }},
      {"role warning", [](Standby& it) { seen_by(it).role = "fenced"; }},
      {"record critical", [](Standby& it) { seen_by(it).arbiter->epoch = 2; }},
      {"record critical", [](Standby& it) { seen_by(it).role_epoch = 4; }},
      {"record critical", [](Standby& it) { seen_by(it).journal_epoch = 4; }},
      {"record warning", [](Standby& it) { seen_by(it).arbiter->maybe = {"a", "b"}; }},
      {"record warning", [](Standby& it) { seen_by(it).arbiter->promoting = "c"; }},
      {"hooks critical", [](Standby& it) { it.facts.hooks.front().usable = std::unexpected(broken); }},
      {"hooks warning", [](Standby& it) { it.facts.hooks.clear(); }},
      {"clock warning", [](Standby& it) { it.facts.clock_set = false; }},
      {"clock unknown", [](Standby& it) { it.facts.clock_set = std::unexpected(broken); }},
      {"disk critical", [](Standby& it) { it.facts.free_bytes = (1ULL << 30U) - 1; }},
      {"disk critical", [](Standby& it) { it.readiness.min_free = 11ULL << 30U; }},
      {"disk unknown", [](Standby& it) { it.facts.free_bytes = std::unexpected(broken); }},
      {"drill warning", [](Standby& it) { it.facts.drills->front().when -= 7 * 24h; }},
      {"drill warning", [](Standby& it) { it.readiness.max_drill_age = 23h; }},
      {"drill warning", [](Standby& it) { it.facts.drills->front().good = false; }},
      {"drill warning", [](Standby& it) { it.facts.drills->push_back(drilled(seen_by(it).now, false, "no answer")); }},
      {"drill warning", [](Standby& it) { it.facts.drills->clear(); }},
      {"drill critical", [](Standby& it) { it.facts.drills = std::unexpected(broken); }},
  };
}

std::vector<Case> backup_cases() {
  return {
      {"backup warning", [](Standby& it) { seen_by(it).backup.value()->time -= 24h; }},
      {"backup critical", [](Standby& it) { seen_by(it).backup.value()->time -= 7 * 24h; }},
      {"backup critical", [](Standby& it) { seen_by(it).backup = std::nullopt; }},
      {"backup warning", [](Standby& it) { seen_by(it).backup = std::nullopt, it.settings.allow_stale_backup = true; }},
      {"backup critical", [](Standby& it) { seen_by(it).backup = std::unexpected(broken); }},
      {"restore critical", [](Standby& it) { seen_by(it).restore_in_progress = true; }},
      {"restore critical", [](Standby& it) { seen_by(it).restore_in_progress = std::unexpected(broken); }},
      {"contents warning", [](Standby& it) { it.facts.contents->fqdn = "other.example"; }},
      {"certificate critical", [](Standby& it) { it.facts.contents->certificates[0].expires = seen_by(it).now; }},
      {"certificate warning",
       [](Standby& it) { it.facts.contents->certificates[0].expires = seen_by(it).now + 10 * 24h; }},
      {"gateways warning", [](Standby& it) { it.facts.gateways[0].observations[0].health = Health::down; }},
      {"gateways unknown", [](Standby& it) { it.facts.gateways[0].observations[0].health = std::unexpected(broken); }},
  };
}

std::vector<Case> world_cases() {
  return {
      {"name critical", [](Standby& it) { seen_by(it).views[0].current->addresses = {"192.0.2.2"}; }},
      {"name critical", [](Standby& it) { seen_by(it).views[0].current->addresses = {"192.0.2.9"}; }},
      {"name critical",
       [](Standby& it) {
         auto& view = seen_by(it).views[0];
         view.from = {{"192.0.2.1"}, {"192.0.2.3"}};
         view.current->addresses = {"192.0.2.3"};
       }},
      {"credentials critical", [](Standby& it) { seen_by(it).views[0].access = std::unexpected(broken); }},
      {"ttl warning", [](Standby& it) { seen_by(it).views[0].current->ttl = 301s; }},
      {"fence critical", [](Standby& it) { active(it).fencers.clear(); }},
      {"fence critical", [](Standby& it) { active(it).fencers[0].status = std::unexpected(broken); }},
      {"fence critical", [](Standby& it) { active(it).fencers[0].status = FenceState::off; }},
      {"fence warning",
       [](Standby& it) { active(it).fencers.push_back({"ssh", FenceKind::service, std::unexpected(broken)}); }},
      {"fence warning", [](Standby& it) { active(it).fencers[0].kind = FenceKind::person; }},
      {"active critical", [](Standby& it) { active(it).verdict.health = Health::down; }},
      {"active unknown", [](Standby& it) { active(it).verdict.health = std::unexpected(broken); }},
      {"active warning", [](Standby& it) { active(it).observations[1].health = Health::down; }},
      {"seen-up critical", [](Standby& it) { active(it).never_up = std::vector<std::string>{"sip://192.0.2.1"}; }},
      {"seen-up critical", [](Standby& it) { active(it).never_up = std::unexpected(broken); }},
      {"references warning", [](Standby& it) { seen_by(it).references[0].health = Health::down; }},
      {"references critical", [](Standby& it) { seen_by(it).references.clear(); }},
      {"references critical", [](Standby& it) { seen_by(it).independent_references = 1; }},
      {"references critical",
       [](Standby& it) {
         for (auto& one : seen_by(it).references) one.health = Health::down;
       }},
      {"self-probes warning", [](Standby& it) { it.settings.self_probes.clear(), seen_by(it).self_probes.clear(); }},
      {"self-probes warning", [](Standby& it) { seen_by(it).self_probes[0].health = Health::up; }},
      {"ports warning", [](Standby& it) { it.settings.self_probes.pop_back(); }},
      {"ports warning", [](Standby& it) { active(it).observations.push_back(answers("tunnel://192.0.2.1:5090")); }},
      {"certificate warning", [](Standby& it) { active(it).observations[1].grade = Grade::warning; }},
      {"certificate critical", [](Standby& it) { active(it).observations[1].grade = Grade::critical; }},
  };
}

}  // namespace

TEST_CASE("a standby that could take over has nothing but good rows") {
  CHECK(Standby().complaints() == Complaints{});
  // Everything was looked at.
  std::vector<std::string> names;
  for (const auto& row : Standby().rows()) names.push_back(row.name);
  for (const auto name : ready_check_names()) {
    CAPTURE(name);
    CHECK(std::ranges::count(names, name) >= 1);
  }
}

TEST_CASE("what is wrong turns its row, and no other") {
  for (const auto& table : {host_cases(), backup_cases(), world_cases()}) {
    for (std::size_t i = 0; i < table.size(); ++i) {
      Standby standby;
      table[i].change(standby);
      CAPTURE(i, table[i].complaint);
      CHECK(standby.complaints() == Complaints{table[i].complaint});
    }
  }
}

TEST_CASE("what depends on what cannot be read is unknown, never ok") {
  Standby standby;
  standby.facts.promotion.arbiter = std::unexpected(broken);
  CHECK(standby.complaints() == Complaints{"arbiter critical", "record unknown"});
  Standby silent;
  silent.facts.promotion.views[0].current = std::unexpected(broken);
  CHECK(silent.complaints() == Complaints{"name unknown", "credentials critical", "ttl unknown"});
}

TEST_CASE("a record that names this host as active, or one that nobody knows") {
  for (const auto* name : {"b", "stranger"}) {
    Standby standby;
    standby.facts.promotion.arbiter = ArbiterRecord{3, {name}, name, std::nullopt};
    CHECK(standby.complaints() == Complaints{"record critical", "active unknown"});
  }
}

TEST_CASE("a time stamp that the name server refuses is a matter of the clock") {
  Standby standby;
  standby.facts.promotion.views[0].access = fail(ErrorKind::permission, "the server refuses our time stamp (BADTIME)");
  CHECK(standby.complaints() == Complaints{"credentials unknown", "clock critical"});
}

TEST_CASE("without a record the mark beside the name must agree with the role") {
  Standby standby;
  standby.facts.keeps_record = false;
  standby.facts.promotion.unattended = std::unexpected(broken);
  CHECK(standby.complaints() == Complaints{});
  standby.facts.promotion.views[0].current->mark->node = "b";
  CHECK(standby.complaints() == Complaints{"record critical"});
}

TEST_CASE("the active host is not asked whether it could be replaced") {
  Standby host;
  auto& seen = host.facts.promotion;
  seen.role = "active";
  seen.role_epoch = 3;
  seen.arbiter = ArbiterRecord{3, {"b"}, "b", std::nullopt};
  seen.views[0].current->addresses = {"192.0.2.2"};
  seen.peers.clear();
  CHECK(host.complaints() == Complaints{});
  seen.views[0].current->addresses = {"192.0.2.1"};
  CHECK(host.complaints() == Complaints{"name critical"});
  seen.arbiter->active = "a";
  seen.arbiter->maybe = {"a"};
  CHECK(host.complaints() == Complaints{"record critical", "name critical"});
}

TEST_CASE("a check that is skipped has no row") {
  Standby standby;
  standby.facts.promotion.backup = std::nullopt;
  standby.readiness.skip = {"backup"};
  CHECK(standby.complaints() == Complaints{});
}

TEST_CASE("nothing is said of drills where there never was one, unless an age is set") {
  const WallTime now = std::chrono::sys_days(std::chrono::year(2026) / 11 / 23);
  const auto none = Result<std::vector<DrillRecord>>(std::vector<DrillRecord>{});
  CHECK_FALSE(drill_warning(none, std::nullopt, now));
  CHECK(drill_warning(none, 24h, now));
  const Result<std::vector<DrillRecord>> old(std::vector<DrillRecord>{drilled(now - 8 * 24h, true, "good")});
  CHECK(drill_warning(old, std::nullopt, now));
  CHECK_FALSE(drill_warning(old, 9 * 24h, now));
}
