#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <span>

#include <failover/context.hpp>
#include <failover/error.hpp>
#include <failover/restorer.hpp>

#include "state/restore_journal.hpp"
#include "state/state_dir.hpp"
#include "state/undo_pin.hpp"

namespace failover {

/// The generation that a pin means: the first restore behind it that went well; none = it is still to come. Pure.
std::optional<std::uint64_t> pinned_generation(std::span<const RestoreRun> runs, const UndoPin& pin);

/// Copies the files that a restore took away, by their names in the backup, into a directory that is empty or not
/// there. Owner, mode and time stay; what is no undo copy any more (that restore was undone) is kind not_found.
Result<UndoCopied> copy_undo(const StateDir& state, std::uint64_t generation, const std::filesystem::path& directory,
                             const Context& context);

}  // namespace failover
