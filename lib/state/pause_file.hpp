#pragma once

#include <optional>

#include <failover/error.hpp>
#include <failover/promoter.hpp>

#include "state/state_dir.hpp"

namespace failover {

/// STATE/promote/pause: maintenance, during which no promotion goes unattended. Written by fo-promote only, without the
/// host's lock: an admin may pause while a restore is at work. None = there is none; one that is over is still told. A
/// file of a newer format is an error of kind unfinished, a damaged one of kind integrity: neither reads as "no pause".
Result<std::optional<PromotionPause>> read_pause(const StateDir& state);

/// Replaces the file atomically and durably.
Result<void> write_pause(const StateDir& state, const PromotionPause& pause);

/// Durable, too. An absent file is fine.
Result<void> remove_pause(const StateDir& state);

}  // namespace failover
