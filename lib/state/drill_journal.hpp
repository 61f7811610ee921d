#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include <failover/error.hpp>
#include <failover/role.hpp>

#include "core/file_lock.hpp"
#include "core/journal.hpp"
#include "state/state_dir.hpp"

namespace failover {

/// STATE/promote/drills: every line carries the SHA-256 of the line before, so that none can be changed, taken out or
/// put in between without the ones after it saying so. Whoever may write the file may write all of it anew; that is
/// seen only by him who kept a hash elsewhere. Written by fo-promote drill only.
class DrillJournal {
 public:
  /// Kind locked when another drill is at work: it holds the journal for as long as it lives.
  static Result<DrillJournal> open(const StateDir& state);
  /// What it says, oldest first, without creating or mending anything; kind integrity when the chain is broken.
  static Result<std::vector<DrillRecord>> read(const StateDir& state);

  /// @return the new line's hash, 64 hex digits
  Result<std::string> add(const DrillRecord& drill);

 private:
  DrillJournal(FileLock lock, Journal journal) noexcept;
  FileLock lock_;
  Journal journal_;
};

/// The drills of such records; checks the chain. Pure.
Result<std::vector<DrillRecord>> parse_drills(const std::vector<std::string>& records);

/// STATE/drill: a state directory of its own, for what drills restore.
std::filesystem::path state_of_drills(const StateDir& state);

}  // namespace failover
