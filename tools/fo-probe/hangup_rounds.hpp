#pragma once

#include <functional>
#include <mutex>
#include <stop_token>

#include "cli/signals.hpp"

namespace failover::cli {

/// Cuts a long run into rounds: each ends when HUP comes or the run is to stop. While this lives, HUP stops nothing.
class HangupRounds {
 public:
  HangupRounds(Signals& signals, const std::stop_token& stop);
  HangupRounds(const HangupRounds&) = delete;
  HangupRounds& operator=(const HangupRounds&) = delete;
  ~HangupRounds();

  /// The stop request of a new round; made already when one of both came since the last.
  std::stop_token begin();
  /// Whether HUP came since it was asked last.
  bool take_hangup();

 private:
  void end_round();
  Signals& signals_;
  std::stop_token stop_;
  std::mutex mutex_;
  std::stop_source round_;
  bool hung_up_ = false;
  // Last: it may call at once.
  std::stop_callback<std::function<void()>> on_stop_;
};

}  // namespace failover::cli
