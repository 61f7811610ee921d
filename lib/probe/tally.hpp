#pragma once

#include <cstddef>
#include <span>

#include <failover/observer.hpp>
#include <failover/watch.hpp>

namespace failover {

/// How many targets are in which state: all that a verdict rests on. It can be kept up to date one change at a time, so
/// that a watch of thousands does not count them all anew with every result.
struct Tally {
  std::size_t total = 0;
  std::size_t down = 0;
  std::size_t unknown = 0;
  std::size_t strong = 0;
  std::size_t strong_down = 0;
  std::size_t strong_unknown = 0;

  /// @param weak whether its up counts for less
  void add(bool weak, TargetState state) noexcept;
  void remove(bool weak, TargetState state) noexcept;
};

/// What a single observation says.
TargetState state_of(const Result<Health>& health) noexcept;

/// Down if enough targets are down; else unknown if the unknown ones could make it so; else up. Pure.
Verdict judge(const Tally& tally, const Policy& policy);

}  // namespace failover
