#pragma once

#include <filesystem>
#include <string_view>

#include <failover/context.hpp>
#include <failover/error.hpp>
#include <failover/promoter.hpp>

#include "state/state_dir.hpp"

namespace failover {

/// Whether this run holds the host's lock, which what the hook starts may then borrow.
enum class HostLock { not_held, lend };

/// Runs a hook that moves data and starts no service: backup or sync, with FO_HOOK_PHASE. Another exit status than 0 is
/// an error of kind io with its last words; 3, "done, with a warning", is a note.
Result<void> run_data_hook(const PromotionSettings& settings, const StateDir& state, const std::filesystem::path& file,
                           std::string_view name, std::string_view phase, HostLock lock, const Context& context);

}  // namespace failover
