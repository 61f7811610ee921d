#pragma once

#include <optional>

#include <failover/context.hpp>
#include <failover/error.hpp>
#include <failover/promoter.hpp>

#include "state/state_dir.hpp"

namespace failover {

/// When the data of the active host is brought here: before a switchover begins, once more when the old host has
/// stopped, or when this host has become a standby again.
enum class SyncPhase { before, last, rejoin };

/// Runs the sync-hook, which brings the newest backup here and restores it. @return the time of the backup that is
/// restored now; none without a hook
Result<std::optional<WallTime>> synchronise(const PromotionSettings& settings, const StateDir& state, SyncPhase phase,
                                            const Context& context);

/// Once more, when the old host has stopped and this one holds the host's lock: the hooks run with FO_HOOK_PHASE=last,
/// and the restore that they start borrows the lock. What is restored may not become older by it.
Result<void> bring_last(const PromotionSettings& settings, const StateDir& state, const Context& context);

/// Has the active host make a backup (backup-hook), brings it here and sees that it is restored: one that was made
/// after this was called, not an older one that a hook was content with. Nothing is touched by it but this standby's
/// own data. @return the backup's time
Result<WallTime> bring_over(const PromotionSettings& settings, const StateDir& state, SyncPhase phase,
                            const Context& context);

}  // namespace failover
