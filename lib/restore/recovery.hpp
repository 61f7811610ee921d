#pragma once

#include <string_view>

#include <failover/context.hpp>
#include <failover/error.hpp>
#include <failover/observer.hpp>
#include <failover/restorer.hpp>

#include "state/restore_journal.hpp"
#include "state/state_dir.hpp"

namespace failover {

/// Brings the journal's open run to its end, if there is one: before its commit it is undone, from there it goes
/// forward, once reversing it goes back. `observer` makes the checks that it has. Kind unfinished when that is not
/// possible.
Result<Recovered> recover_open_run(const StateDir& state, RestoreJournal& journal, Observer* observer,
                                   const Context& context);

/// Turns back the open run, whatever it would have done next; its tree is as before then.
Result<void> reverse_open_run(const StateDir& state, RestoreJournal& journal, Observer* observer,
                              const Context& context);

/// Ends the open run before its commit: nothing live was touched. The post-hook runs if the pre-hook was started.
/// @return the error to hand on: `cause`, or kind unfinished if the marker could not be removed or the post-hook not be
/// started
Error abort_open_run(const StateDir& state, RestoreJournal& journal, const Error& cause, const Context& context);

}  // namespace failover
