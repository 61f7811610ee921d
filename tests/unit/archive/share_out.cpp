#include "archive/share_out.hpp"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <numeric>
#include <vector>

#include "support/catch.hpp"

using namespace failover;

TEST_CASE("every thing goes to one worker, the big ones first, and the shares are alike") {
  std::vector<std::uint64_t> costs(1000);
  std::iota(costs.begin(), costs.end(), std::uint64_t{1});
  const auto shares = share_out(costs, 4);
  REQUIRE(shares.size() == 4);
  std::vector<bool> seen(costs.size());
  std::vector<std::uint64_t> sums;
  for (const auto& share : shares) {
    sums.push_back(0);
    CHECK(std::ranges::is_sorted(share, std::greater<>(), [&](std::size_t place) { return costs[place]; }));
    for (const auto place : share) {
      CHECK_FALSE(seen[place]);
      seen[place] = true;
      sums.back() += costs[place];
    }
  }
  CHECK(std::ranges::all_of(seen, [](bool one) { return one; }));
  CHECK(std::ranges::max(sums) - std::ranges::min(sums) <= costs.back());
}

TEST_CASE("no more workers than things, and no worker for nothing") {
  CHECK(share_out({}, 4).empty());
  const std::vector<std::uint64_t> one{7};
  CHECK(share_out(one, 4).size() == 1);
  CHECK(share_out(one, 0).size() == 1);
}
