#pragma once

#include <optional>

#include <failover/context.hpp>
#include <failover/error.hpp>

#include "core/file_lock.hpp"
#include "core/process_identity.hpp"
#include "state/state_dir.hpp"

namespace failover {

enum class LockPurpose { restore, promotion };

/// The one lock of this host, STATE/lock, format 1: restore and promote exclude each other and themselves (property
/// alone). Ends at once with kind locked.
Result<FileLock> lock_host(const StateDir& state, LockPurpose purpose);

/// The lock for a promotion: a restore that holds it is sent SIGTERM once, which undoes it before its commit and lets
/// it finish after it, and is waited for until the context's deadline. Anybody else who holds it is kind locked at
/// once, and never sent anything. Which process is meant is settled by ProcessIdentity, so no other can be hit.
Result<FileLock> lock_host_for_promotion(const StateDir& state, const Context& context);

/// The lock for one that fences this host: whoever holds it, a promotion, too, is sent SIGTERM once and waited for.
Result<FileLock> lock_host_for_fence(const StateDir& state, const Context& context);

/// Who says of himself that he took the lock last, for a promotion; he may be gone.
std::optional<ProcessIdentity> promotion_that_holds(const StateDir& state);

}  // namespace failover
