#pragma once

#include <filesystem>

#include <failover/error.hpp>

#include "fetch/keep.hpp"

namespace failover {

/// Adds to the rules what the restores of this host still need. An error means: remove nothing now.
Result<void> protect_restored(const std::filesystem::path& state_dir, KeepRules& rules);

}  // namespace failover
