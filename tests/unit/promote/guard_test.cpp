#include <optional>
#include <string>
#include <vector>

#include <failover/arbiter.hpp>
#include <failover/error.hpp>
#include <failover/role.hpp>

#include "support/catch.hpp"

using failover::ArbiterRecord;
using failover::ErrorKind;
using failover::GuardFacts;
using failover::StartNote;

namespace {

GuardFacts active_on_record() {
  return {.node = "a",
          .role = "active",
          .role_epoch = 3,
          .committed = false,
          .keeps_record = true,
          .record = ArbiterRecord{3, {"a"}, "a", std::nullopt},
          .note = std::nullopt,
          .service = "pbx.example",
          .boot_id = "boot-1"};
}

StartNote note_of_this_boot() {
  return {"pbx.example", "a", "boot-1", 3};
}

bool allowed(const GuardFacts& facts) {
  const auto answer = judge_start(facts);
  INFO(answer.reason);
  CHECK_FALSE(answer.reason.empty());
  return answer.allowed;
}

}  // namespace

TEST_CASE("guard: the record decides") {
  auto facts = active_on_record();
  CHECK(allowed(facts));
  CHECK(judge_start(facts).by_record);
  facts.record->promoting = "a";
  CHECK(allowed(facts));
  facts.record->promoting = "b";
  CHECK_FALSE(allowed(facts));
}

TEST_CASE("guard: to be the active one is not enough as long as another may be serving") {
  auto facts = active_on_record();
  facts.record->maybe = {"a", "b"};
  CHECK_FALSE(allowed(facts));
  facts.record->maybe = {"b"};
  CHECK_FALSE(allowed(facts));
  facts.record->maybe = {};
  CHECK_FALSE(allowed(facts));
  facts.record->maybe = {"a"};
  facts.record->active = "b";
  CHECK_FALSE(allowed(facts));
  facts.record->active = std::nullopt;
  CHECK_FALSE(allowed(facts));
}

TEST_CASE("guard: a failed look-up is no, unless this boot was let start before") {
  auto facts = active_on_record();
  facts.record = failover::fail(ErrorKind::timeout, "no endpoint answers");
  CHECK_FALSE(allowed(facts));
  facts.note = note_of_this_boot();
  CHECK(allowed(facts));
  CHECK_FALSE(judge_start(facts).by_record);
  facts.note->boot_id = "boot-0";
  CHECK_FALSE(allowed(facts));
  facts.note = note_of_this_boot();
  facts.note->node = "b";
  CHECK_FALSE(allowed(facts));
  facts.note = note_of_this_boot();
  facts.note->service = "other.example";
  CHECK_FALSE(allowed(facts));
  facts.note = note_of_this_boot();
  facts.note->epoch = 2;
  CHECK_FALSE(allowed(facts));
  facts.note = note_of_this_boot();
  facts.boot_id = facts.note->boot_id = "";
  CHECK_FALSE(allowed(facts));
}

TEST_CASE("guard: a missing record is never free, and no note stands in for it") {
  auto facts = active_on_record();
  facts.note = note_of_this_boot();
  facts.record = failover::fail(ErrorKind::not_found, "no record");
  CHECK_FALSE(allowed(facts));
  facts.record = failover::fail(ErrorKind::protocol, "not understood");
  CHECK_FALSE(allowed(facts));
}

TEST_CASE("guard: a fenced host does not start, whatever anybody says") {
  auto facts = active_on_record();
  facts.role = "fenced";
  CHECK_FALSE(allowed(facts));
  facts.keeps_record = false;
  CHECK_FALSE(allowed(facts));
}

TEST_CASE("epoch: an arbiter that knows less than this host was restored from an old copy") {
  auto facts = active_on_record();
  facts.role_epoch = 4;
  CHECK_FALSE(allowed(facts));
}

TEST_CASE("guard: a host that gives the service away does not start again, whatever still names it") {
  auto facts = active_on_record();
  facts.role = "standby";
  CHECK_FALSE(allowed(facts));
  // An older standby that the record names by a newer epoch was made the active one since.
  facts.role_epoch = 2;
  CHECK(allowed(facts));
  facts.role_epoch = 3;
  facts.note = note_of_this_boot();
  facts.record = failover::fail(ErrorKind::unreachable, "no answer");
  CHECK_FALSE(allowed(facts));
}

TEST_CASE("guard: without a record the role decides") {
  auto facts = active_on_record();
  facts.keeps_record = false;
  CHECK(allowed(facts));
  for (const auto* const role : {"unset", "standby", "promoting"}) {
    facts.role = role;
    CHECK_FALSE(allowed(facts));
  }
  facts.committed = true;
  CHECK(allowed(facts));  // the start-hook of its own promotion
}
