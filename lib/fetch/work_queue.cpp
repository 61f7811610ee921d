#include "fetch/work_queue.hpp"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <mutex>
#include <span>
#include <utility>
#include <vector>

#include <failover/source.hpp>

#include "fetch/range_set.hpp"

namespace failover {

namespace {

/// A store may answer so many ranges at once; more would only make a break cost more.
constexpr std::size_t most_ranges = 256;
/// Less than this is not worth another worker's way there.
constexpr std::uint64_t smallest_half = std::uint64_t{256} * 1024;
/// Some protocols begin anew at each stretch: a few round trips must not be felt in the time that one takes.
constexpr std::uint64_t longest_stretch = std::uint64_t{64} * 1024 * 1024;
constexpr std::uint64_t shortest_stretch = std::uint64_t{1024} * 1024;

}  // namespace

WorkQueue::WorkQueue(std::span<const ByteRange> wanted, std::size_t workers)
    : unshared_(wanted.begin(), wanted.end()), shares_(workers) {}

WorkQueue::Ranges WorkQueue::cut_front(Ranges& ranges, std::uint64_t bytes) {
  Ranges front;
  std::size_t whole = 0;
  while (whole < ranges.size() && ranges[whole].length <= bytes) {
    bytes -= ranges[whole].length;
    front.push_back(ranges[whole++]);
  }
  if (whole < ranges.size() && bytes > 0) {
    auto& range = ranges[whole];
    front.push_back({range.offset, bytes});
    range = {range.offset + bytes, range.length - bytes};
  }
  ranges.erase(ranges.begin(), ranges.begin() + static_cast<std::ptrdiff_t>(whole));
  return front;
}

void WorkQueue::give_stretch_to(std::size_t worker) {
  // Shorter and shorter ones, so that all are through with them at about the same time.
  const auto share = bytes_of(unshared_) / (2 * shares_.size());
  shares_[worker] = cut_front(unshared_, std::clamp(share, shortest_stretch, longest_stretch));
}

void WorkQueue::steal_for(std::size_t worker) {
  const auto longest = std::ranges::max_element(shares_, {}, [](const Ranges& share) { return bytes_of(share); });
  const auto bytes = bytes_of(*longest);
  if (bytes == 0) return;
  // Its own part is the back, so that the other goes on reading where it is.
  auto front = cut_front(*longest, bytes < 2 * smallest_half ? 0 : bytes / 2);
  shares_[worker] = std::exchange(*longest, std::move(front));
}

std::vector<ByteRange> WorkQueue::take(std::size_t worker, std::uint64_t bytes) {
  const std::lock_guard lock(mutex_);
  if (shares_[worker].empty()) give_stretch_to(worker);
  if (shares_[worker].empty()) steal_for(worker);
  auto& share = shares_[worker];
  if (share.size() <= most_ranges) return cut_front(share, bytes);
  Ranges head(share.begin(), share.begin() + static_cast<std::ptrdiff_t>(most_ranges));
  auto batch = cut_front(head, bytes);
  share.erase(share.begin(), share.begin() + static_cast<std::ptrdiff_t>(most_ranges));
  share.insert(share.begin(), head.begin(), head.end());
  return batch;
}

void WorkQueue::give_back(std::size_t worker, std::span<const ByteRange> ranges) {
  const std::lock_guard lock(mutex_);
  auto& share = shares_[worker];
  share.insert(share.begin(), ranges.begin(), ranges.end());
}

std::uint64_t WorkQueue::left() const {
  const std::lock_guard lock(mutex_);
  auto total = bytes_of(unshared_);
  for (const auto& share : shares_) total += bytes_of(share);
  return total;
}

}  // namespace failover
