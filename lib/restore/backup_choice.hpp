#pragma once

#include <filesystem>
#include <optional>

#include <failover/context.hpp>
#include <failover/error.hpp>
#include <failover/restorer.hpp>

#include "archive/archive_entry.hpp"
#include "core/fd.hpp"
#include "core/secret.hpp"
#include "state/state_dir.hpp"

namespace failover {

/// A backup that is open, and what is in it.
struct OpenBackup {
  VerifiedBackup facts;
  Fd file;
  ArchiveListing listing;
  std::optional<Secret> password;

  [[nodiscard]] const Secret* key() const noexcept { return password ? &*password : nullptr; }
};

/// The newest verified backup in STATE/backups for an empty path, else the path made absolute. kind not_found.
Result<std::filesystem::path> choose_backup(const StateDir& state, const std::filesystem::path& path);

/// Opens it and holds it against the strict profile, the size in its sidecar and the limits. Each entry's CRC-32 is
/// checked when it is used, so there is no digest but the sidecar's.
Result<OpenBackup> open_backup(const std::filesystem::path& path, const RestoreOptions& options,
                               const Context& context);

/// The same, and every byte is read, for each entry's CRC-32 and to hold the whole against the digest in its sidecar;
/// nothing is kept. (A restore into a tree looks at what it stages.)
Result<OpenBackup> open_whole_backup(const std::filesystem::path& path, const RestoreOptions& options,
                                     const Context& context);

}  // namespace failover
