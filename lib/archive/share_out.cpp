#include "archive/share_out.hpp"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <numeric>
#include <queue>
#include <span>
#include <utility>
#include <vector>

namespace failover {

std::vector<std::vector<std::size_t>> share_out(std::span<const std::uint64_t> costs, std::size_t workers) {
  std::vector<std::size_t> order(costs.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::ranges::sort(order,
                    [&](std::size_t a, std::size_t b) { return costs[a] != costs[b] ? costs[a] > costs[b] : a < b; });
  std::vector<std::vector<std::size_t>> shares(std::min(std::max(workers, std::size_t{1}), costs.size()));
  using Load = std::pair<std::uint64_t, std::size_t>;  // so much, for this worker
  std::priority_queue<Load, std::vector<Load>, std::greater<>> lightest;
  for (std::size_t i = 0; i < shares.size(); ++i) lightest.emplace(0, i);
  for (const auto place : order) {
    auto [load, worker] = lightest.top();
    lightest.pop();
    shares[worker].push_back(place);
    lightest.emplace(load + costs[place], worker);
  }
  return shares;
}

}  // namespace failover
