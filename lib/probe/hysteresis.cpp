#include "probe/hysteresis.hpp"

#include <optional>
#include <string_view>

#include <failover/error.hpp>
#include <failover/observer.hpp>
#include <failover/watch.hpp>

namespace failover {

std::string_view to_string(TargetState state) noexcept {
  switch (state) {
    case TargetState::up:
      return "up";
    case TargetState::down:
      return "down";
    case TargetState::unknown:
      break;
  }
  return "unknown";
}

std::optional<TargetState> Hysteresis::add(const Result<Health>& health) noexcept {
  const auto before = state_;
  if (!health) {
    last_.reset();
    streak_ = 0;
    state_ = TargetState::unknown;
  } else {
    streak_ = last_ == *health ? streak_ + 1 : 1;
    last_ = *health;
    if (*health == Health::down && streak_ >= fall_) state_ = TargetState::down;
    if (*health == Health::up && streak_ >= rise_) state_ = TargetState::up;
    // No overflow in a watch of years.
    if (streak_ > fall_ + rise_) streak_ = fall_ + rise_;
  }
  const auto shown = !last_ ? TargetState::unknown : *last_ == Health::down ? TargetState::down : TargetState::up;
  changing_ = shown != state_;
  return before == state_ ? std::nullopt : std::optional(before);
}

}  // namespace failover
