#include "arbiter/claim_record.hpp"

#include <cstdint>
#include <limits>
#include <set>
#include <string>
#include <vector>

#include <failover/arbiter.hpp>
#include <failover/error.hpp>

#include "support/catch.hpp"

using failover::ClaimRecord;
using failover::ClaimRequest;
using failover::ErrorKind;

namespace {

ClaimRecord served_by_a() {
  return failover::adopted_by("a", 3, "aa");
}

}  // namespace

TEST_CASE("a claim's record is read back as it was written") {
  auto record = served_by_a();
  CHECK(failover::parse_claim_record(to_text(record)) == record);
  record = *failover::claimed_by(record, {"b", 3, {"a"}}, "bb");
  CHECK(failover::parse_claim_record(to_text(record)) == record);
  CHECK(to_text(record) == R"({"format":1,"epoch":4,"claimant":"b","claim":"bb","joined":true,"maybe":["a","b"],)"
                           R"("active":{"node":"a","epoch":3}})");
  const failover::ClaimLock lock{"b", "bb"};
  CHECK(failover::parse_claim_lock(to_text(lock)) == lock);
}

TEST_CASE("unknown-is-not-down: a record that is not understood is an error, never an empty one") {
  const auto kind = [](const std::string& text) {
    const auto read = failover::parse_claim_record(text);
    return read ? ErrorKind::internal : read.error().kind;
  };
  for (
      const auto* const text : {
          "",
          "{}",
          "[]",
          "null",
          R"({"format":1})",
          R"({"format":"1","epoch":4})",
          R"({"format":1,"epoch":0,"claimant":"b","claim":"x","joined":true,"maybe":["b"]})",
          R"({"format":1,"epoch":-4,"claimant":"b","claim":"x","joined":true,"maybe":["b"]})",
          R"({"format":1,"epoch":4,"claimant":"b","claim":"x","joined":true,"maybe":["b","b"]})",
          R"({"format":1,"epoch":4,"claimant":"b","claim":"x","joined":true,"maybe":["b\n"]})",
          R"({"format":1,"epoch":4,"claimant":"b","claim":"x","joined":true,"maybe":"b"})",
          R"({"format":1,"epoch":4,"claimant":"b","claim":"x","joined":1,"maybe":["b"]})",
          R"({"format":1,"epoch":4,"claimant":"","claim":"x","joined":true,"maybe":["b"]})",
          R"({"format":1,"epoch":4,"claimant":"b","claim":"x","joined":true,"maybe":["b"],"active":"b"})",
          R"({"format":1,"epoch":4,"claimant":"b","claim":"x","joined":true,"maybe":[],"active":{"node":"b","epoch":5}})",
      }) {
    INFO(text);
    CHECK(kind(text) == ErrorKind::protocol);
  }
  CHECK(kind(R"({"format":2})") == ErrorKind::unfinished);
}

TEST_CASE("epoch: a claim counts up, and an arbiter that knows less than DNS or the journal was wiped") {
  const auto record = served_by_a();
  CHECK(failover::claimed_by(record, {"b", 3, {"a"}}, "bb")->epoch == 4);
  CHECK(failover::claimed_by(record, {"b", 0, {"a"}}, "bb")->epoch == 4);
  CHECK(failover::claimed_by(record, {"b", 4, {"a"}}, "bb").error().kind == ErrorKind::refused);
  auto last = record;
  last.epoch = std::numeric_limits<std::uint64_t>::max();
  CHECK(failover::claimed_by(last, {"b", 3, {"a"}}, "bb").error().kind == ErrorKind::refused);
}

TEST_CASE("fence-first: everybody else that may be serving is to be fenced, and when nobody is named, everybody") {
  const ClaimRequest request{"b", 3, {"a", "c"}};
  const auto record = *failover::claimed_by(served_by_a(), request, "bb");
  CHECK(others_to_fence(record, request) == std::vector<std::string>{"a"});
  CHECK(others_to_fence(failover::without(record, "a"), request) == std::vector<std::string>{"a", "c"});
}

TEST_CASE("fence-first: commit only when the claimant is alone") {
  const auto record = *failover::claimed_by(served_by_a(), {"b", 3, {"a"}}, "bb");
  CHECK_FALSE(record.committed());
  CHECK(failover::committed_by_claimant(record).error().kind == ErrorKind::refused);
  const auto done = failover::committed_by_claimant(failover::without(record, "a"));
  REQUIRE(done);
  CHECK(done->committed());
  CHECK(done->active == "b");
  CHECK(done->active_epoch == 4);
}

TEST_CASE("what is withdrawn keeps its epoch taken, and who was in before stays in") {
  const auto joined = *failover::claimed_by(served_by_a(), {"b", 3, {"a"}}, "bb");
  const auto withdrawn = failover::withdrawn(joined);
  CHECK(withdrawn.maybe == std::set<std::string>{"a"});
  CHECK(withdrawn.epoch == 4);
  CHECK(withdrawn.active == "a");
  // The active host itself claimed: it may be serving all the same.
  const auto own = *failover::claimed_by(served_by_a(), {"a", 3, {"b"}}, "cc");
  CHECK(failover::withdrawn(own).maybe == std::set<std::string>{"a"});
}

TEST_CASE("what is handed over is the other's alone, by an epoch of its own") {
  const auto claimed = failover::without(*failover::claimed_by(served_by_a(), {"b", 3, {"a"}}, "bb"), "a");
  const auto given = failover::handed_over(claimed, "b", "a", 9, "dd");
  REQUIRE(given);
  CHECK(given->maybe == std::set<std::string>{"a"});
  CHECK(given->active == "a");
  CHECK(given->committed());
  CHECK(given->epoch == 10);
  CHECK(given->claim == "dd");
  CHECK(failover::handed_over(claimed, "b", "a", 0, "dd")->epoch == claimed.epoch + 1);
}

TEST_CASE("one-winner: only what is one's own can be handed over, and only while no third one may be serving") {
  CHECK(failover::handed_over(served_by_a(), "b", "c", 0, "dd").error().kind == ErrorKind::conflict);
  CHECK(failover::handed_over(served_by_a(), "a", "b", 0, "dd"));
  const auto with_c = *failover::claimed_by(served_by_a(), {"c", 3, {"a"}}, "cc");
  CHECK(failover::handed_over(with_c, "a", "b", 0, "dd").error().kind == ErrorKind::refused);
}

TEST_CASE("who leaves is neither active nor one that may be serving; the epoch stays taken") {
  const auto left = failover::left_by(served_by_a(), "a");
  CHECK(left.maybe.empty());
  CHECK(left.active.empty());
  CHECK(left.active_epoch == 0);
  CHECK(left.epoch == served_by_a().epoch);
  CHECK(failover::left_by(served_by_a(), "b") == served_by_a());
}
