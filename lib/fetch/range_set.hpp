#pragma once

#include <cstdint>
#include <map>
#include <span>
#include <vector>

#include <failover/source.hpp>

namespace failover {

/// The end of a range; a range that would reach beyond 2^64 ends there.
[[nodiscard]] std::uint64_t end_of(const ByteRange& range) noexcept;
[[nodiscard]] std::uint64_t bytes_of(std::span<const ByteRange> ranges) noexcept;

/// Disjoint ranges in ascending order; neighbours are one.
class RangeSet {
 public:
  RangeSet() = default;
  explicit RangeSet(std::span<const ByteRange> ranges);

  void add(const ByteRange& range);
  void remove(const ByteRange& range);
  [[nodiscard]] bool empty() const noexcept { return parts_.empty(); }
  [[nodiscard]] std::uint64_t bytes() const noexcept;
  /// How far it reaches from 0 on without a gap.
  [[nodiscard]] std::uint64_t front() const noexcept;
  [[nodiscard]] bool covers(const ByteRange& range) const;
  [[nodiscard]] std::vector<ByteRange> ranges() const;
  /// What of `range` is not in it.
  [[nodiscard]] std::vector<ByteRange> missing_from(const ByteRange& range) const;

 private:
  std::map<std::uint64_t, std::uint64_t> parts_;  ///< begin -> end
};

}  // namespace failover
