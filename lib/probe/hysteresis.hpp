#pragma once

#include <optional>

#include <failover/error.hpp>
#include <failover/observer.hpp>
#include <failover/watch.hpp>

namespace failover {

/// Turns single results into a state that does not flap. Pure: no clock, no network.
///
/// `fall` consecutive downs make it down, `rise` consecutive ups make it up; it begins as unknown. One unknown result
/// makes it unknown at once and starts every count anew (property unknown-is-not-down: a down must rest on downs
/// alone).
class Hysteresis {
 public:
  /// @param fall,rise at least 1
  Hysteresis(unsigned fall, unsigned rise) noexcept : fall_(fall), rise_(rise) {}

  /// Other counts from now on; the state stays.
  void set(unsigned fall, unsigned rise) noexcept {
    fall_ = fall;
    rise_ = rise;
  }
  /// @return the state it left, when this result changed it.
  std::optional<TargetState> add(const Result<Health>& health) noexcept;
  [[nodiscard]] TargetState state() const noexcept { return state_; }
  /// The last results are on the way to another state: time to look more often.
  [[nodiscard]] bool changing() const noexcept { return changing_; }

 private:
  unsigned fall_;
  unsigned rise_;
  TargetState state_ = TargetState::unknown;
  std::optional<Health> last_;
  unsigned streak_ = 0;
  bool changing_ = false;
};

}  // namespace failover
