#include "core/whole_number.hpp"

#include <cstdint>
#include <limits>
#include <optional>

#include "support/catch.hpp"

using failover::whole_number;

TEST_CASE("a whole number is all of the text, in digits alone") {
  CHECK(whole_number<std::uint16_t>("0") == 0);
  CHECK(whole_number<std::uint16_t>("65535") == 65535);
  CHECK(whole_number<std::uint64_t>("18446744073709551615") == std::numeric_limits<std::uint64_t>::max());
  CHECK(whole_number<std::uint32_t>("007") == 7);
  CHECK(whole_number<std::uint32_t>("0100A8C0", 16) == 0x0100A8C0);
  for (const auto* text : {"", " 1", "1 ", "+1", "-1", "-0", "1.0", "0x1", "1e3", "65536", "a"}) {
    INFO(text);
    CHECK(whole_number<std::uint16_t>(text) == std::nullopt);
    if (*text != '6') CHECK(whole_number<long>(text) == std::nullopt);
  }
}
