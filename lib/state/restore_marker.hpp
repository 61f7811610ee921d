#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

#include <failover/error.hpp>
#include <failover/restorer.hpp>

#include "state/state_dir.hpp"

namespace failover {

/// STATE/restore/in-progress exists exactly while a tree may be mixed (property all-or-nothing): durable before the
/// first change, removed after the last one is durable. A unit may carry ConditionPathExists=! of it.
class RestoreMarker {
 public:
  explicit RestoreMarker(const StateDir& state);
  [[nodiscard]] Result<bool> is_set() const;
  /// @param run,roots what a person reads in it
  [[nodiscard]] Result<void> set(std::uint64_t run, const std::vector<RestoreRoot>& roots) const;
  [[nodiscard]] Result<void> clear() const;

 private:
  std::filesystem::path path_;
};

}  // namespace failover
