#pragma once

#include <filesystem>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include <failover/context.hpp>
#include <failover/error.hpp>
#include <failover/fetcher.hpp>

#include "state/backup_sidecar.hpp"

namespace failover {

struct LocalCopy {
  std::optional<std::filesystem::path> path;
  std::optional<WallTime> content{};  ///< its newest entry, as it was seen when it was verified
  std::vector<std::string> warnings;  ///< a copy is there, but its bytes are not what was verified
};

/// A stored backup that is this very object: by size, time and index, and by version in the same place, and whose bytes
/// on disk still have the digest of its sidecar (property effect).
Result<LocalCopy> find_local_copy(std::span<const StoredBackup> stored, std::string_view source,
                                  const FetchCandidate& candidate, const Context& context);

}  // namespace failover
