#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

namespace failover {

/// Finds about how far two rows of bytes agree by comparing few small windows, each round several at once. A window
/// that agrees is taken to mean that everything before it does, which whoever uses it must prove. Pure.
class SharedBeginning {
 public:
  static constexpr std::uint64_t window = 64;

  /// @param most neither row is longer, or nobody cares; more than one window
  explicit SharedBeginning(std::uint64_t most) noexcept : most_(most), differs_(most) {}

  /// Where to look next, ascending, at most `count` places; none: it is found.
  [[nodiscard]] std::vector<std::uint64_t> next(std::size_t count) const;
  /// What was seen at such a place; in ascending order within a round.
  void saw(std::uint64_t place, bool same) noexcept;
  /// So many bytes agree.
  [[nodiscard]] std::uint64_t agreed() const noexcept { return agreed_; }
  /// So many more might.
  [[nodiscard]] std::uint64_t open() const noexcept { return differs_ - agreed_; }

 private:
  std::uint64_t most_;
  std::uint64_t agreed_ = 0;
  std::uint64_t differs_;
  bool looked_ = false;
};

}  // namespace failover
