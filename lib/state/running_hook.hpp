#pragma once

#include <sys/types.h>

#include <failover/context.hpp>
#include <failover/error.hpp>

#include "state/state_dir.hpp"

namespace failover {

/// STATE/promote/hook, format 1: the hook that runs now. It is written under the host's lock before the hook begins and
/// removed once it has ended, so it stays behind only when fo-promote was killed, and then the hook may still be at
/// work while nobody holds the lock any more. Only this boot counts, so it is not synced.
Result<void> note_running_hook(const StateDir& state, pid_t hook);
Result<void> forget_running_hook(const StateDir& state);

/// Ends what is left of a hook whose fo-promote was killed, with the whole of its process group, and waits for that
/// (property fence-first: a start-hook must not start anything after its host was said to be off). Called under the
/// host's lock. A daemon that a hook left behind when it ended is none of its.
Result<void> end_left_hook(const StateDir& state, const Context& context);

/// For a run that goes on where one was killed: ends the hook as long as it is at work itself, so that two never start
/// the service side by side. What it left behind when it ended, the service perhaps, stays.
Result<void> end_hook_at_work(const StateDir& state, const Context& context);

}  // namespace failover
