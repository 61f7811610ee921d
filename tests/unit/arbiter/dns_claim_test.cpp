#include "arbiter/dns_claim.hpp"

#include <chrono>
#include <string>

#include <failover/dns.hpp>
#include <failover/error.hpp>

#include "arbiter/claim_record.hpp"
#include "core/clock.hpp"
#include "support/catch.hpp"

using failover::claim_in;
using failover::ClaimRecord;
using failover::DnsClaim;
using failover::EpochMark;
using failover::ErrorKind;
using failover::mark_of;
using std::chrono::minutes;

namespace {

const std::string noon = "2026-11-23T12:00:00Z";

failover::WallTime at_noon() {
  return *failover::parse_rfc3339(noon);
}

DnsClaim claimed_by_b() {
  const auto before = failover::adopted_by("a", 3, "aa");
  return {*failover::claimed_by(before, {"b", 3, {"a"}}, "bb"), noon, at_noon() + minutes(15)};
}

}  // namespace

TEST_CASE("a claim stands in the mark and is read back as it was written") {
  const auto claim = claimed_by_b();
  const auto mark = mark_of(claim);
  REQUIRE(mark);
  CHECK(to_txt(*mark) ==
        "epoch=4 node=b time=2026-11-23T12:00:00Z claim=bb joined=yes maybe=a,b active=a@3 "
        "until=2026-11-23T12:15:00Z");
  CHECK(claim_in(*mark) == claim);
  auto later = claim;
  later.record.maybe.clear();
  later.record.active.clear();
  later.record.active_epoch = 0;
  later.record.joined = false;
  later.until.reset();
  CHECK(to_txt(*mark_of(later)) == "epoch=4 node=b time=2026-11-23T12:00:00Z claim=bb joined=no");
  CHECK(claim_in(*mark_of(later)) == later);
}

TEST_CASE("unknown-is-not-down: a mark without a record is none, one that is not understood an error") {
  CHECK(claim_in(EpochMark{4, "b", noon}).error().kind == ErrorKind::not_found);
  const std::string good = "claim=bb joined=yes maybe=a,b active=a@3 until=2026-11-23T12:15:00Z";
  REQUIRE(claim_in({4, "b", noon, good}));
  for (const auto* const record :
       {"x=1", "claim=bb", "claim=bb joined=maybe", "joined=yes claim=bb", "claim=bb joined=yes maybe=b,a",
        "claim=bb joined=yes maybe=a,a", "claim=bb joined=yes maybe=a,", "claim=bb joined=yes maybe=a;b",
        "claim=bb joined=yes active=a", "claim=bb joined=yes active=a@5", "claim=bb joined=yes active=a@0",
        "claim=bb joined=yes active=a@03", "claim=bb joined=yes active=@3", "claim=bb joined=yes active=a@3 maybe=a",
        "claim=bb joined=yes until=noon", "claim=bb joined=yes until=2026-11-23T12:15:00.5Z",
        "claim=bb joined=yes maybe=a maybe=b", "claim=bb joined=yes maybe=a colour=red", "claim=b/b joined=yes"}) {
    CAPTURE(record);
    const auto read = claim_in({4, "b", noon, record});
    REQUIRE_FALSE(read);
    CHECK(read.error().kind == ErrorKind::protocol);
  }
  CHECK(claim_in({0, "b", noon, good}).error().kind == ErrorKind::protocol);
  CHECK(claim_in({4, "b/c", noon, good}).error().kind == ErrorKind::protocol);
}

TEST_CASE("what does not fit into a TXT record is refused, not cut off") {
  auto claim = claimed_by_b();
  for (const char letter : {'x', 'y', 'z'}) claim.record.maybe.insert(std::string(60, letter));
  CHECK(mark_of(claim).error().kind == ErrorKind::refused);
}

TEST_CASE("a claimant is left alone until its run has ended, unless its clock is far ahead") {
  auto claim = claimed_by_b();
  CHECK(may_be_at_work(claim, at_noon()));
  CHECK(may_be_at_work(claim, at_noon() - minutes(4)));
  CHECK_FALSE(may_be_at_work(claim, at_noon() - minutes(6)));
  CHECK(may_be_at_work(claim, at_noon() + minutes(14)));
  CHECK_FALSE(may_be_at_work(claim, at_noon() + minutes(15)));
  claim.until.reset();
  CHECK_FALSE(may_be_at_work(claim, at_noon()));
}
