#pragma once

#include <filesystem>
#include <vector>

#include <failover/context.hpp>
#include <failover/error.hpp>
#include <failover/restorer.hpp>

namespace failover::promote_tool {

/// How a drill restores: everything beneath one directory, what the last drill's PBX left there taken away.
RestoreOptions restore_options_of_drill(const std::filesystem::path& directory);

/// Restores the backup into a directory that holds nothing but what drills put there; made if it is absent. Refused
/// when it lies on, in or around what was restored for production or the state directory.
Result<RestoreReport> restore_for_drill(const std::filesystem::path& state_dir, const std::filesystem::path& directory,
                                        const VerifiedBackup& backup, const Context& context);

/// The state directory and the directories that the restored backup lies in.
Result<std::vector<std::filesystem::path>> what_production_stands_on(const std::filesystem::path& state_dir);

}  // namespace failover::promote_tool
