#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <failover/context.hpp>
#include <failover/error.hpp>
#include <failover/restorer.hpp>

#include "state/state_dir.hpp"

namespace failover {

/// One applied backup. File STATE/restore/current, format 1; written by fo-restore, read by fo-fetch (it never prunes
/// this backup) and by fo-promote (how old is what we would serve).
struct RestoredGeneration {
  std::uint64_t generation = 0;  ///< number of the run that restored it
  std::string backup{};          ///< absolute path of the backup as it was then
  WallTime backup_time{};        ///< the backup's own time, not when it came here
  WallTime restored{};
  std::string sha256{};              ///< of the backup; empty where neither a sidecar nor a full reading told it
  std::vector<RestoreRoot> roots{};  ///< where to; empty when a PROGRAM restored it
  std::uint64_t previous = 0;        ///< the generation that was current before; 0 = none
  std::string previous_backup{};     ///< its backup; empty = none
  // What was in it, for comparing the next one with; none = unknown, or written before this was kept.
  std::optional<std::string> kind{};
  std::optional<std::string> version{};
  std::optional<std::uint64_t> extensions{};
  std::optional<std::uint64_t> files{};
  std::optional<std::uint64_t> bytes{};  ///< unpacked
  // What a promotion will meet, as far as the backup told it; of many only the first.
  std::optional<std::string> fqdn{};
  std::vector<BackupGateway> gateways{};
  std::vector<BackupCertificate> certificates{};
};

/// What is applied now; none when nothing was ever restored here. A file by a newer version is kind unfinished.
Result<std::optional<RestoredGeneration>> read_restored_generation(const StateDir& state);

/// Whether a tree may be mixed: a restore was interrupted after its commit, or a PROGRAM began and did not end
/// (marker STATE/restore/in-progress).
Result<bool> restore_in_progress(const StateDir& state);

/// Makes it the current one, durably; none removes the record (back to the time before the first restore).
Result<void> write_restored_generation(const StateDir& state, const std::optional<RestoredGeneration>& generation);

/// The record as JSON text, as the journal keeps it too, and back. A malformed one is kind integrity.
std::string generation_to_json(const RestoredGeneration& generation);
Result<RestoredGeneration> generation_from_json(std::string_view text);

}  // namespace failover
