#pragma once

#include <string_view>

#include <failover/context.hpp>
#include <failover/error.hpp>

#include "state/restore_journal.hpp"

namespace failover {

/// Runs the pre-hook of a run, if it has one, within its timeout and the context.
Result<void> run_pre_hook(const RestoreRun& run, const Context& context);

/// Runs the post-hook, if it has one. Past the commit neither deadline nor signal holds it up, so that the services are
/// not left stopped: only its timeout, cut to what the deadline leaves, but never below a second.
/// @param result restored, undone or aborted
/// @return kind unfinished: the system had nothing to start it with (descriptors, memory). A later run can, so the run
/// that it belongs to must stay open for that.
Result<void> run_post_hook(const RestoreRun& run, std::string_view result, const Context& context);

/// The context for work that must come to its end: no stop request, no deadline.
Context unstoppable(const Context& context);

}  // namespace failover
