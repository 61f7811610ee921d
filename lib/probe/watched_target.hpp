#pragma once

#include <optional>
#include <string>
#include <utility>

#include <failover/context.hpp>
#include <failover/observer.hpp>
#include <failover/watch.hpp>

#include "probe/hysteresis.hpp"
#include "probe/suspicion.hpp"

namespace failover {

/// What a watch knows of one of its targets.
struct WatchedTarget {
  WatchedTarget(Target the_target, const WatchOptions& options)
      : target(std::move(the_target)), hysteresis(options.fall, options.rise) {}

  Target target;
  Hysteresis hysteresis;  ///< what the results say
  /// What it is held for: the same, but for a lone silence of SIP that is not believed yet.
  TargetState state = TargetState::unknown;
  LastAnswer last;
  bool seen_up = false;                                     ///< in this run
  std::optional<Deadline::Clock::time_point> silent_since;  ///< when the first check of this silence began
  Hold hold = Hold::none;

  // Of the check under way:
  bool asking = false;
  Deadline::Clock::time_point began;
  bool stale = false;                  ///< this host stood still meanwhile: its result is worth nothing
  std::optional<Observation> pending;  ///< a down that waits for the references

  // A lost connection makes the next check come early; one such check between two ordinary ones.
  bool hastened = false;
  bool was_hastened = false;
};

}  // namespace failover
