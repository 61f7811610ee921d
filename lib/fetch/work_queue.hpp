#pragma once

#include <cstddef>
#include <cstdint>
#include <mutex>
#include <span>
#include <vector>

#include <failover/source.hpp>

namespace failover {

/// What is still to be fetched, shared out among workers from the front, so that the file fills nearly in its order.
/// Each works on a stretch of its own, since reading onwards is the fast case; when none is left to give, who is
/// through takes half of the longest. Any thread.
class WorkQueue {
 public:
  /// @param wanted ascending, not overlapping
  WorkQueue(std::span<const ByteRange> wanted, std::size_t workers);
  /// The next ranges for a worker, ascending, at most `bytes` of them in all; none: nothing is left to take.
  std::vector<ByteRange> take(std::size_t worker, std::uint64_t bytes);
  /// What a worker took and could not do; ascending.
  void give_back(std::size_t worker, std::span<const ByteRange> ranges);
  [[nodiscard]] std::uint64_t left() const;

 private:
  using Ranges = std::vector<ByteRange>;
  /// The part of `ranges` before and after `bytes` of them.
  static Ranges cut_front(Ranges& ranges, std::uint64_t bytes);
  void give_stretch_to(std::size_t worker);
  void steal_for(std::size_t worker);

  mutable std::mutex mutex_;
  Ranges unshared_;
  std::vector<Ranges> shares_;
};

}  // namespace failover
