#include "fo-probe/hangup_rounds.hpp"

#include <mutex>
#include <stop_token>
#include <utility>

#include "cli/signals.hpp"

namespace failover::cli {

HangupRounds::HangupRounds(Signals& signals, const std::stop_token& stop)
    : signals_(signals), stop_(stop), on_stop_(stop, [this] { end_round(); }) {
  signals_.on_hangup([this] {
    {
      const std::scoped_lock lock(mutex_);
      hung_up_ = true;
    }
    end_round();
  });
}

HangupRounds::~HangupRounds() {
  signals_.on_hangup({});
}

std::stop_token HangupRounds::begin() {
  const std::scoped_lock lock(mutex_);
  round_ = std::stop_source();
  if (hung_up_ || stop_.stop_requested()) round_.request_stop();
  return round_.get_token();
}

bool HangupRounds::take_hangup() {
  const std::scoped_lock lock(mutex_);
  return std::exchange(hung_up_, false);
}

void HangupRounds::end_round() {
  // Not under the lock: whoever hears of it may begin the next round.
  auto round = [this] {
    const std::scoped_lock lock(mutex_);
    return round_;
  }();
  round.request_stop();
}

}  // namespace failover::cli
