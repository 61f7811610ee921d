#pragma once

#include <sys/types.h>

#include <failover/error.hpp>

#include "core/file_lock.hpp"
#include "state/state_dir.hpp"

namespace failover {

/// In a switchover fo-promote holds the host's lock while a hook of it brings the last changes over, and what the hook
/// starts for that, fo-restore, needs the lock. So it is lent: STATE/promote/lent, format 1, says who lends it and to
/// which process group. Called by the holder, once the hook exists and before it begins.
Result<void> lend_host_lock(const StateDir& state, pid_t group);
/// The hook has ended.
Result<void> end_lending(const StateDir& state);

/// For a restore that finds the host's lock taken: STATE/lock.lent instead, if the one who holds the lock now has lent
/// it to our process group. Kind locked if not. It keeps everybody else out, also when the lender is killed.
Result<FileLock> borrow_host_lock(const StateDir& state);

/// For one who has just taken the host's lock: kind locked while a borrower of an earlier holder is still at work.
Result<void> check_nobody_borrows(const StateDir& state);

}  // namespace failover
