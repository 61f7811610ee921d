#include "restore/daily_window.hpp"

#include <chrono>

#include <failover/error.hpp>
#include <failover/restorer.hpp>

#include "support/catch.hpp"

using namespace failover;
using std::chrono::hours;
using std::chrono::minutes;

TEST_CASE("a window is read as it is written") {
  const auto window = *parse_daily_window("01:00-05:30");
  CHECK(window.from == hours(1));
  CHECK(window.to == hours(5) + minutes(30));
  CHECK(parse_daily_window("00:00-24:00")->to == hours(24));
  for (const auto* wrong : {"", "01:00", "1:00-5:00", "01:00-01:00", "01:60-02:00", "24:00-01:00", "25:00-26:00",
                            "01:00-05:00x", "01:00-24:01", "-01:00-02:00", "aa:bb-cc:dd"}) {
    CHECK(parse_daily_window(wrong).error().kind == ErrorKind::usage);
  }
}

TEST_CASE("its first minute is inside, its last one is not") {
  const auto window = *parse_daily_window("01:00-05:00");
  CHECK(check_window(window, hours(1)));
  CHECK(check_window(window, hours(5) - minutes(1)));
  CHECK_FALSE(check_window(window, hours(5)));
  CHECK_FALSE(check_window(window, hours(1) - minutes(1)));
  const auto refused = check_window(window, hours(23));
  CHECK(refused.error().kind == ErrorKind::refused);
  CHECK(refused.error().message == "it is 23:00 and the window is 01:00-05:00; it opens at 01:00, in 2 h 0 min");
}

TEST_CASE("a window may go over midnight") {
  const auto window = *parse_daily_window("22:00-04:00");
  CHECK(check_window(window, hours(23)));
  CHECK(check_window(window, hours(0)));
  CHECK(check_window(window, hours(4) - minutes(1)));
  CHECK_FALSE(check_window(window, hours(4)));
  CHECK_FALSE(check_window(window, hours(12)));
}
