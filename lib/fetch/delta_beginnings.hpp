#pragma once

#include <vector>

#include <failover/context.hpp>
#include <failover/error.hpp>

#include "fetch/delta.hpp"
#include "fetch/delta_base.hpp"
#include "fetch/delta_plan.hpp"
#include "fetch/metered_source.hpp"

namespace failover {

/// Looks how far each grown entry's packed bytes begin as those of the base do. What comes back has
/// GrownEntry::common set to that; entries for which it does not pay are left out. It stops when looking has taken
/// longer than fetching what is still open would.
Result<std::vector<GrownEntry>> find_beginnings(const DeltaJob& job, const DeltaBase& base,
                                                const std::vector<GrownEntry>& grown, const LinkEstimate& link,
                                                const Context& context);

}  // namespace failover
