#pragma once

#include <optional>

#include <failover/error.hpp>
#include <failover/restorer.hpp>

#include "state/restored_generation.hpp"

namespace failover {

/// kind usage for a key that no backup has.
Result<void> check_demand_keys(const BackupDemands& demands);

/// kind refused when the backup is not what is demanded; a fact of it that is unknown is refused too. What the last
/// restored one does not tell is not compared. Pure.
/// @param last what is restored now; none: nothing to shrink from
Result<void> check_demands(const BackupDemands& demands, const VerifiedBackup& backup,
                           const std::optional<RestoredGeneration>& last);

}  // namespace failover
