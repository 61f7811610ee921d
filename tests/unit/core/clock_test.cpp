#include "core/clock.hpp"

#include <chrono>
#include <cstdint>
#include <limits>

#include <failover/context.hpp>

#include "support/catch.hpp"

using namespace std::chrono_literals;
using failover::parse_rfc3339;
using failover::WallTime;

TEST_CASE("times are written and read in UTC") {
  const WallTime time = std::chrono::sys_days(2026y / 11 / 23) + 6h + 7min + 8s + 90ms;
  CHECK(failover::rfc3339(time) == "2026-11-23T06:07:08Z");
  CHECK(failover::rfc3339_millis(time) == "2026-11-23T06:07:08.090Z");
  CHECK(failover::compact_utc(time) == "20261123T060708Z");
  CHECK(*parse_rfc3339("2026-11-23T06:07:08Z") == time - 90ms);
  for (const auto* text :
       {"", "2026-11-23", "2026-11-23T06:07:08", "2026-13-01T00:00:00Z", "2026-02-30T00:00:00Z", "2026-11-23T24:00:00Z",
        "2026-11-23T06:07:08Zx", "2026-11-23T06:07:08+01:00", " 2026-11-23T06:07:08Z", "-026-11-23T06:07:08Z",
        "2026-11-23T+6:07:08Z", "2026-1-23T06:07:08Z",
        // Beyond what nanoseconds in 64 bits hold.
        "1677-11-23T06:07:08Z", "2262-11-23T06:07:08Z", "9999-12-31T23:59:59Z"}) {
    CAPTURE(text);
    CHECK_FALSE(parse_rfc3339(text));
  }
}

TEST_CASE("a time beyond what the clock holds is far away on its own side") {
  constexpr std::int64_t never = 253'402'300'799;  // 9999-12-31T23:59:59Z
  for (const auto far : {never, std::numeric_limits<std::int64_t>::max()}) {
    CHECK(failover::rfc3339(failover::wall_time(far)).starts_with("2255-"));
    CHECK(failover::rfc3339(failover::wall_time(-far)).starts_with("1684-"));
  }
  CHECK(failover::wall_time(-1, 5) == WallTime(-1s + 5ns));
  CHECK(failover::wall_time(1, -5) == WallTime(1s));
}

TEST_CASE("durations and sizes for people") {
  CHECK(failover::human_duration(350ms) == "350 ms");
  CHECK(failover::human_duration(1500ms) == "1.5 s");
  CHECK(failover::human_duration(12s) == "12 s");
  CHECK(failover::human_duration(3h + 5min + 7s) == "3 h 5 min");
  CHECK(failover::human_duration(52h) == "2 d 4 h");
  CHECK(failover::human_size(512) == "512 B");
  CHECK(failover::human_size(1536ULL * 1024) == "1.5 MiB");
}

TEST_CASE("bounded: deadlines only ever get sooner") {
  const auto near = failover::Deadline::after(1s);
  const auto far = failover::Deadline::after(1h);
  CHECK(far.sooner(near).time() == near.time());
  CHECK(near.sooner(failover::Deadline::never()).time() == near.time());
  CHECK(failover::Deadline::after(failover::Duration::max()).is_never());
  CHECK(failover::Deadline::never().poll_timeout_ms() == -1);
  CHECK(failover::Deadline::after(0s).passed());
}
