#include "fetch/shared_beginning.hpp"

#include <cstddef>
#include <cstdint>
#include <random>

#include "support/catch.hpp"

using failover::SharedBeginning;

namespace {

struct Found {
  std::uint64_t agreed = 0;
  int rounds = 0;
};

/// Rows that agree in `same` bytes and in none after.
Found find(std::uint64_t most, std::uint64_t same) {
  SharedBeginning search(most);
  Found found;
  for (auto places = search.next(8); !places.empty(); places = search.next(8)) {
    REQUIRE(++found.rounds < 20);
    for (std::size_t i = 0; i < places.size(); ++i) {
      REQUIRE(places[i] + SharedBeginning::window <= most);
      if (i > 0) REQUIRE(places[i] >= places[i - 1] + SharedBeginning::window);
      search.saw(places[i], places[i] + SharedBeginning::window <= same);
    }
  }
  found.agreed = search.agreed();
  return found;
}

}  // namespace

TEST_CASE("The common beginning is found to a few KiB, and never more than is common") {
  std::mt19937_64 random(21);
  for (int round = 0; round < 2000; ++round) {
    const auto most = std::uint64_t{128} * 1024 + random() % 2'000'000'000;
    const auto same = random() % (most + 1);
    const auto found = find(most, same);
    CHECK(found.agreed <= same);
    CHECK(same - found.agreed <= std::uint64_t{9} * 1024);
    CHECK(found.rounds <= 9);
  }
}

TEST_CASE("Rows that differ at once cost one round") {
  const auto found = find(1'000'000, 0);
  CHECK(found.agreed == 0);
  CHECK(found.rounds == 1);
}
