#include <cstdint>
#include <filesystem>
#include <functional>
#include <limits>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include <failover/arbiter.hpp>
#include <failover/context.hpp>
#include <failover/dns.hpp>
#include <failover/error.hpp>
#include <failover/observer.hpp>
#include <failover/promoter.hpp>
#include <failover/role.hpp>

#include "state/promotion_journal.hpp"
#include "state/role_file.hpp"
#include "state/state_dir.hpp"
#include "state/undo_pin.hpp"
#include "support/catch.hpp"
#include "support/temporary_directory.hpp"
#include "unit/promote/facts.hpp"
#include "unit/promote/night.hpp"

using namespace failover;
using namespace failover::promote_test;

namespace {

using Deed = std::function<std::string(const PromotionSettings&, PromotionParts&)>;

PromotionPeer peer(Night& night, const std::string& name, const std::string& address) {
  PromotionPeer made{name, {address}, {target(name)}, {}};
  made.fencers.push_back(std::make_unique<NightFencer>(night));
  return made;
}

void write_down(const Night& night, const StateDir& state) {
  if (night.role) REQUIRE(write_role(state, *night.role));
  if (!night.unfinished) return;
  auto journal = PromotionJournal::open(state);
  REQUIRE(journal);
  REQUIRE(journal->begin("pbx.example", "b", 6, night.role, {}, false));
}

std::string outcome(Night night, const Deed& deed) {
  const test::TemporaryDirectory folder;
  const auto state = StateDir::open(folder.path() / "state");
  REQUIRE(state);
  write_down(night, *state);
  auto wanted = settings();
  wanted.state_dir = folder.path() / "state";
  wanted.run_dir = folder.path() / "run";
  if (night.stop_hook) wanted.stop_hook = "/bin/true";
  if (!night.self_probe) wanted.self_probes.clear();
  NightArbiter arbiter(night);
  NightObserver observer(night);
  PromotionParts parts{observer, observer, arbiter, {}, {}};
  parts.peers.push_back(peer(night, "a", "192.0.2.1"));
  if (night.knows_c) parts.peers.push_back(peer(night, "c", "192.0.2.3"));
  for (auto& record : night.views) {
    DnsView view;
    view.updater = std::make_unique<NightUpdater>(record);
    view.verifier = std::make_unique<NightVerifier>();
    parts.views.push_back(std::move(view));
  }
  const auto before = read_role(*state);
  auto found = deed(wanted, parts);
  // A refusal comes before anything is touched.
  const auto after = read_role(*state);
  const bool same = before && after && before->has_value() == after->has_value() &&
                    (!*before || ((*before)->role == (*after)->role && (*before)->epoch == (*after)->epoch));
  const auto pin = read_undo_pin(*state);
  const bool untouched = same && pin && !*pin;
  return untouched || !found.contains(": ") ? found : "touched, " + found;
}

std::string refused(const Error& error) {
  return fmt::format("{}: {}", to_string(error.kind), error.message);
}

/// "KIND", or "KIND ~ WORDS" of the message; else the whole.
bool matches(const std::string& outcome, const std::string& expected) {
  const auto cut = expected.find(" ~ ");
  if (outcome == expected) return true;
  if (!outcome.starts_with(expected.substr(0, cut) + ": ")) return false;
  return cut == std::string::npos || outcome.contains(expected.substr(cut + 3));
}

std::string adopted(const PromotionSettings& wanted, PromotionParts& parts) {
  const auto epoch = adoption_epoch(wanted, parts, {});
  return epoch ? fmt::format("epoch {}", *epoch) : refused(epoch.error());
}

std::string rejoined(const PromotionSettings& wanted, PromotionParts& parts) {
  const auto joined = rejoin(wanted, parts, {});
  return joined ? fmt::format("{} {}", joined->active, joined->epoch) : refused(joined.error());
}

std::string given_back(const PromotionSettings& wanted, PromotionParts& parts) {
  const auto given = give_back(wanted, parts, "a", {});
  return given ? fmt::format("epoch {}", given->epoch) : refused(given.error());
}

std::string given_to_a_stranger(const PromotionSettings& wanted, PromotionParts& parts) {
  const auto given = give_back(wanted, parts, "x", {});
  return given ? "given" : refused(given.error());
}

struct Row {
  const char* name;
  std::function<void(Night&)> change;
  std::string expected;
};

void check(const std::vector<Row>& rows, const Night& night, const Deed& deed) {
  std::set<std::string> names;
  for (const auto& row : rows) {
    CAPTURE(row.name);
    CHECK(names.insert(row.name).second);
    auto changed = night;
    row.change(changed);
    const auto found = outcome(std::move(changed), deed);
    CAPTURE(found);
    CHECK(matches(found, row.expected));
  }
}

RoleRecord role(Role which, std::uint64_t epoch) {
  return {which, epoch, "b", std::chrono::system_clock::now()};
}

ServiceRecord marked(std::uint64_t epoch, const std::string& node, const std::string& address = "192.0.2.1") {
  return {{address}, std::chrono::seconds(60), EpochMark{epoch, node, ""}};
}

constexpr auto largest = std::numeric_limits<std::uint64_t>::max();

Night to_adopt() {
  Night night;
  night.record = fail(ErrorKind::not_found, "no record");
  night.self = up;
  night.a = down;
  return night;
}

const std::vector<Row> adoptions{
    {"this host serves, and there is no record", [](Night&) {}, "epoch 6"},
    {"nothing was ever marked", [](Night& n) { n.views = {ServiceRecord{{"192.0.2.1"}, {}, std::nullopt}}; },
     "epoch 1"},
    {"the role knows a larger epoch", [](Night& n) { n.role = role(Role::active, 8); }, "epoch 9"},
    {"the journal knows a larger epoch", [](Night& n) { n.unfinished = true; }, "epoch 7"},
    {"a second view knows a larger epoch", [](Night& n) { n.views.emplace_back(marked(9, "a")); }, "epoch 10"},
    {"a view cannot be read", [](Night& n) { n.views.emplace_back(fail(ErrorKind::timeout, "no answer")); }, "timeout"},
    {"epochs are used up", [](Night& n) { n.views = {marked(largest, "a")}; }, "refused"},
    {"there is a record", [](Night& n) { n.record = ArbiterRecord{5, {"a"}, "a", std::nullopt}; }, "refused"},
    {"there is an empty record", [](Night& n) { n.record = ArbiterRecord{}; }, "refused"},
    {"there is a record of this very host", [](Night& n) { n.record = ArbiterRecord{5, {"b"}, "b", std::nullopt}; },
     "refused"},
    {"whether there is a record is not known", [](Night& n) { n.record = fail(ErrorKind::timeout, "no answer"); },
     "timeout"},
    {"no record is kept",
     [](Night& n) {
       n.keeps_record = false;
       n.record = fail(ErrorKind::timeout, "not asked");
     },
     "epoch 6"},
    {"the service does not answer here", [](Night& n) { n.self = down; }, "refused"},
    {"whether it answers here is not known", [](Night& n) { n.self = unknown; }, "refused"},
    {"nothing proves that it does", [](Night& n) { n.self_probe = false; }, "usage"},
    {"another serves, too", [](Night& n) { n.a = up; }, "refused"},
    {"whether another serves is not known: the serving host is no riddle", [](Night& n) { n.a = unknown; }, "epoch 6"},
    {"a third serves, too",
     [](Night& n) {
       n.knows_c = true;
       n.c = up;
     },
     "refused"},
};

const std::vector<Row> rejoins{
    {"a is on record and serves", [](Night&) {}, "a 5"},
    {"this host was the active one before", [](Night& n) { n.role = role(Role::active, 4); }, "a 5"},
    {"this host was fenced by that promotion", [](Night& n) { n.role = role(Role::fenced, 5); }, "a 5"},
    {"this host is its standby already", [](Night& n) { n.role = role(Role::standby, 5); }, "a 5"},
    {"this host has the same epoch and is active", [](Night& n) { n.role = role(Role::active, 5); }, "refused"},
    {"this host has a newer epoch", [](Night& n) { n.role = role(Role::standby, 6); },
     "refused ~ one of them is wrong"},
    {"a promotion of this host is unfinished", [](Night& n) { n.role = role(Role::promoting, 4); }, "refused"},
    {"nobody is on record", [](Night& n) { n.record = ArbiterRecord{5, {"a"}, std::nullopt, std::nullopt}; },
     "refused ~ nobody is active"},
    {"this host is on record", [](Night& n) { n.record = ArbiterRecord{5, {"b"}, "b", std::nullopt}; },
     "refused ~ this host is active"},
    {"an unknown node is on record", [](Night& n) { n.record = ArbiterRecord{5, {"x"}, "x", std::nullopt}; },
     "refused"},
    {"somebody promotes", [](Night& n) { n.record = ArbiterRecord{5, {"a"}, "a", "c"}; }, "refused"},
    {"there is no record", [](Night& n) { n.record = fail(ErrorKind::not_found, "no record"); }, "not_found"},
    {"the arbiter does not answer", [](Night& n) { n.record = fail(ErrorKind::timeout, "no answer"); }, "timeout"},
    {"a is on record and down", [](Night& n) { n.a = down; }, "refused"},
    {"a is on record and unknown", [](Night& n) { n.a = unknown; }, "refused"},
    {"nothing says how the service is stopped here", [](Night& n) { n.stop_hook = false; }, "config"},
    {"nothing would prove that it has stopped", [](Night& n) { n.self_probe = false; }, "config"},
    {"by the mark in DNS", [](Night& n) { n.keeps_record = false; }, "a 5"},
    {"by the newest of two marks",
     [](Night& n) {
       n.keeps_record = false;
       n.knows_c = true;
       n.c = up;
       n.views.emplace_back(marked(6, "c"));
     },
     "c 6"},
    {"no view has a mark",
     [](Night& n) {
       n.keeps_record = false;
       n.views = {ServiceRecord{{"192.0.2.1"}, {}, std::nullopt}};
     },
     "refused"},
    {"the mark is this host's",
     [](Night& n) {
       n.keeps_record = false;
       n.views = {marked(5, "b")};
     },
     "refused ~ there is nobody to join"},
    {"one of two views cannot be read",
     [](Night& n) {
       n.keeps_record = false;
       n.views.emplace_back(fail(ErrorKind::timeout, "no answer"));
     },
     "timeout"},
};

Night to_give_back() {
  Night night;
  night.record = ArbiterRecord{5, {"b"}, "b", std::nullopt};
  night.role = role(Role::active, 5);
  night.views = {marked(5, "b", "192.0.2.2")};
  night.a = down;
  return night;
}

const std::vector<Row> returns{
    {"this host is on record and serves", [](Night&) {}, "epoch 6"},
    {"DNS knows a larger epoch", [](Night& n) { n.views = {marked(8, "b", "192.0.2.2")}; }, "epoch 9"},
    {"the role knows a larger epoch", [](Night& n) { n.role = role(Role::active, 7); }, "epoch 8"},
    {"another is on record", [](Night& n) { n.record = ArbiterRecord{5, {"c"}, "c", std::nullopt}; }, "refused"},
    {"nobody is on record", [](Night& n) { n.record = ArbiterRecord{5, {}, std::nullopt, std::nullopt}; }, "refused"},
    {"the arbiter does not answer", [](Night& n) { n.record = fail(ErrorKind::timeout, "no answer"); }, "timeout"},
    {"there is no record", [](Night& n) { n.record = fail(ErrorKind::not_found, "no record"); }, "not_found"},
    {"this host was fenced", [](Night& n) { n.role = role(Role::fenced, 6); }, "refused"},
    {"the record was given already, the name not yet",
     [](Night& n) {
       n.record = ArbiterRecord{6, {"a"}, "a", std::nullopt};
       n.role = role(Role::standby, 5);
     },
     "epoch 7"},
    {"the record was given already, and a third may serve",
     [](Night& n) { n.record = ArbiterRecord{6, {"a", "c"}, "a", std::nullopt}; }, "refused"},
    {"everything was given already",
     [](Night& n) {
       n.record = ArbiterRecord{6, {"a"}, "a", std::nullopt};
       n.role = role(Role::standby, 5);
       n.views = {marked(6, "a")};
       n.a = up;
     },
     "refused"},
    {"everything was given, but it does not serve",
     [](Night& n) {
       n.record = ArbiterRecord{6, {"a"}, "a", std::nullopt};
       n.role = role(Role::standby, 5);
       n.views = {marked(6, "a")};
     },
     "epoch 7"},
    {"one of two views points here still",
     [](Night& n) {
       n.record = ArbiterRecord{6, {"a"}, "a", std::nullopt};
       n.role = role(Role::standby, 5);
       n.views = {marked(6, "a"), marked(5, "b", "192.0.2.2")};
       n.a = up;
     },
     "epoch 7"},
    {"the other of two views points here still",
     [](Night& n) {
       n.record = ArbiterRecord{6, {"a"}, "a", std::nullopt};
       n.role = role(Role::standby, 5);
       n.views = {marked(5, "b", "192.0.2.2"), marked(6, "a")};
       n.a = up;
     },
     "epoch 7"},
    {"nobody can tell it to start", [](Night& n) { n.can_start = false; }, "refused"},
    {"who could tell it does not answer", [](Night& n) { n.fence_status = fail(ErrorKind::timeout, "mute"); },
     "refused"},
    {"a promotion is unfinished", [](Night& n) { n.unfinished = true; }, "refused"},
    {"nothing says how the service is stopped here", [](Night& n) { n.stop_hook = false; }, "config"},
    {"a view cannot be read", [](Night& n) { n.views.emplace_back(fail(ErrorKind::timeout, "no answer")); }, "timeout"},
    {"epochs are used up", [](Night& n) { n.views = {marked(largest, "b", "192.0.2.2")}; }, "refused"},
    {"without a record, by the role active",
     [](Night& n) {
       n.keeps_record = false;
       n.record = fail(ErrorKind::timeout, "not asked");
     },
     "epoch 6"},
    {"without a record, a fenced host has nothing",
     [](Night& n) {
       n.keeps_record = false;
       n.role = role(Role::fenced, 5);
     },
     "refused"},
    {"without a record, a host without a role has nothing",
     [](Night& n) {
       n.keeps_record = false;
       n.role = role(Role::promoting, 5);
     },
     "refused"},
};

}  // namespace

TEST_CASE("golden table: adopt") {
  check(adoptions, to_adopt(), adopted);
}
TEST_CASE("golden table: rejoin") {
  check(rejoins, {}, rejoined);
}
TEST_CASE("golden table: give-back") {
  check(returns, to_give_back(), given_back);
  CHECK(matches(outcome(to_give_back(), given_to_a_stranger), "usage"));
}
