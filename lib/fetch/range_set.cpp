#include "fetch/range_set.hpp"

#include <algorithm>
#include <cstdint>
#include <iterator>
#include <limits>
#include <span>
#include <vector>

#include <failover/source.hpp>

namespace failover {

std::uint64_t end_of(const ByteRange& range) noexcept {
  const auto room = std::numeric_limits<std::uint64_t>::max() - range.offset;
  return range.offset + std::min(range.length, room);
}

std::uint64_t bytes_of(std::span<const ByteRange> ranges) noexcept {
  std::uint64_t total = 0;
  for (const auto& range : ranges) total += range.length;
  return total;
}

RangeSet::RangeSet(std::span<const ByteRange> ranges) {
  for (const auto& range : ranges) add(range);
}

void RangeSet::add(const ByteRange& range) {
  auto begin = range.offset;
  auto end = end_of(range);
  if (begin == end) return;
  auto next = parts_.upper_bound(begin);
  if (next != parts_.begin() && std::prev(next)->second >= begin) --next;
  while (next != parts_.end() && next->first <= end) {
    begin = std::min(begin, next->first);
    end = std::max(end, next->second);
    next = parts_.erase(next);
  }
  parts_.emplace_hint(next, begin, end);
}

void RangeSet::remove(const ByteRange& range) {
  const auto begin = range.offset;
  const auto end = end_of(range);
  auto next = parts_.upper_bound(begin);
  if (next != parts_.begin()) --next;
  while (next != parts_.end() && next->first < end) {
    const auto [from, to] = *next;
    if (to <= begin) {
      ++next;
      continue;
    }
    next = parts_.erase(next);
    if (from < begin) parts_.emplace(from, begin);
    if (to > end) next = parts_.emplace(end, to).first;
  }
}

std::uint64_t RangeSet::bytes() const noexcept {
  std::uint64_t total = 0;
  for (const auto& [begin, end] : parts_) total += end - begin;
  return total;
}

std::uint64_t RangeSet::front() const noexcept {
  return !parts_.empty() && parts_.begin()->first == 0 ? parts_.begin()->second : 0;
}

bool RangeSet::covers(const ByteRange& range) const {
  return missing_from(range).empty();
}

std::vector<ByteRange> RangeSet::ranges() const {
  std::vector<ByteRange> result;
  result.reserve(parts_.size());
  for (const auto& [begin, end] : parts_) result.push_back({begin, end - begin});
  return result;
}

std::vector<ByteRange> RangeSet::missing_from(const ByteRange& range) const {
  std::vector<ByteRange> missing;
  auto at = range.offset;
  const auto end = end_of(range);
  auto next = parts_.upper_bound(at);
  if (next != parts_.begin() && std::prev(next)->second > at) --next;
  for (; next != parts_.end() && next->first < end; ++next) {
    if (next->first > at) missing.push_back({at, next->first - at});
    at = std::max(at, next->second);
  }
  if (at < end) missing.push_back({at, end - at});
  return missing;
}

}  // namespace failover
