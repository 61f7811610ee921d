#include "state/watched_targets.hpp"

#include <chrono>
#include <string>

#include <failover/context.hpp>
#include <failover/error.hpp>
#include <failover/observer.hpp>

#include "core/atomic_file.hpp"
#include "state/state_dir.hpp"
#include "support/catch.hpp"
#include "support/temporary_directory.hpp"

using failover::ErrorKind;
using failover::Health;
using failover::Result;
using failover::StateDir;
using failover::WallTime;
using failover::WatchedTargets;
using std::chrono::hours;
using std::chrono::seconds;

namespace {

const WallTime now = std::chrono::sys_days(std::chrono::year(2026) / 11 / 23) + hours(2);

WatchedTargets one(const std::string& health, WallTime until = now) {
  return {{"sip://a:5060", {health, now - hours(1), until, seconds(30)}}};
}

}  // namespace

TEST_CASE("since when a target is as it is comes back from the file, and what others wrote stays for a day") {
  const failover::test::TemporaryDirectory folder;
  const auto state = StateDir::open(folder.path() / "state");
  REQUIRE(state);
  CHECK(failover::read_watched_targets(*state)->empty());
  REQUIRE(write_watched_targets(*state, one("down"), now));
  REQUIRE(write_watched_targets(*state, {{"sip://b:5060", {"up", now, now, seconds(60)}}}, now));
  auto back = failover::read_watched_targets(*state);
  REQUIRE(back);
  REQUIRE(back->size() == 2);
  const auto& row = back->at("sip://a:5060");
  CHECK(row.health == "down");
  CHECK(row.since == now - hours(1));
  CHECK(row.until == now);
  CHECK(row.every == seconds(30));
  REQUIRE(write_watched_targets(*state, {}, now + hours(24)));
  CHECK(failover::read_watched_targets(*state)->empty());
}

TEST_CASE("a row without a gap counts, and only for what is seen now") {
  const Result<Health> unknown = failover::fail(ErrorKind::unreachable, "no route");
  CHECK(seen_since(one("down"), "sip://A", Health::down, now) == now - hours(1));
  CHECK(seen_since(one("down"), "sip://a:5060", Health::down, now + seconds(60)) == now - hours(1));
  CHECK(!seen_since(one("down"), "sip://a:5060", Health::down, now + seconds(61)));
  CHECK(!seen_since(one("down"), "sip://a", Health::up, now));
  CHECK(!seen_since(one("down"), "sip://a", unknown, now));
  CHECK(seen_since(one("unknown"), "sip://a", unknown, now) == now - hours(1));
  CHECK(!seen_since(one("down"), "sip://b", Health::down, now));
  CHECK(!seen_since({}, "sip://a", Health::down, now));
}

TEST_CASE("a clock that was set makes it unknown, not younger or older") {
  CHECK(!seen_since(one("down", now + seconds(1)), "sip://a", Health::down, now));
  CHECK(!seen_since(one("down", now - hours(2)), "sip://a", Health::down, now - hours(2)));
}

TEST_CASE("a file that is damaged or of a newer version is no evidence; only the former is written anew") {
  const failover::test::TemporaryDirectory folder;
  const auto state = StateDir::open(folder.path() / "state");
  REQUIRE(state);
  const auto path = state->probe() / "watched";
  for (const auto* const text :
       {"{\"format\":1}", "{\"format\":1,\"targets\":{\"a\":{}}}", "{\"format\":1,\"targets\":{\"a\":1}}",
        R"({"format":1,"targets":{"a":{"health":"up","since":"x","until":"2026-11-23T00:00:00Z","every_ms":1}}})",
        R"({"format":1,"targets":{"a":{"health":"up","since":"2026-11-23T00:00:00Z",
            "until":"2026-11-23T00:00:00Z","every_ms":-1}}})"}) {
    CAPTURE(text);
    REQUIRE(failover::write_file_atomically(path, text));
    CHECK(failover::read_watched_targets(*state).error().kind == ErrorKind::integrity);
    CHECK(write_watched_targets(*state, one("up"), now));
    CHECK(failover::read_watched_targets(*state)->size() == 1);
  }
  REQUIRE(failover::write_file_atomically(path, "{\"format\":2}"));
  CHECK(failover::read_watched_targets(*state).error().kind == ErrorKind::unfinished);
  CHECK(write_watched_targets(*state, one("up"), now).error().kind == ErrorKind::unfinished);
}
