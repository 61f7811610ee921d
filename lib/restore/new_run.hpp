#pragma once

#include <cstdint>
#include <optional>

#include <failover/error.hpp>
#include <failover/restorer.hpp>

#include "state/restore_journal.hpp"
#include "state/restored_generation.hpp"
#include "state/state_dir.hpp"

namespace failover {

/// A run with its number, the hooks, and what is current now.
Result<RestoreRun> new_run(const StateDir& state, const RestoreJournal& journal, RunKind kind,
                           const RestoreHooks& hooks);

/// What is current once `run` has restored this backup.
RestoredGeneration generation_of(const VerifiedBackup& backup, const RestoreRun& run);

/// A generation as the journal remembers it; none for 0 or one it does not know.
std::optional<RestoredGeneration> generation_in(const RestoreJournal& journal, std::uint64_t generation);

}  // namespace failover
