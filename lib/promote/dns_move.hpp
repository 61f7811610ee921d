#pragma once

#include <string>

#include <failover/error.hpp>
#include <failover/promoter.hpp>

#include "promote/work.hpp"

namespace failover {

/// The dns step: every view is swapped by the case table, as compare-and-swap on exactly what was read; then each is
/// read back from every authoritative server (property effect). Each view is journaled before, when it is moved and
/// when it is proven. A failed one never undoes a good one; the error says of every view what its callers get, and is
/// of kind conflict when one of them was superseded.
Result<void> move_all_views(PromotionWork& work);

/// When the last caches of the old address expire, as far as this run or the journal knows: RFC 3339, or empty.
std::string last_caches_expire(const PromotionWork& work);

/// The endpoints for a message; for an alias or SRV records with what must be done to have them moved.
std::string described_endpoints(const ServiceRecord& record);

}  // namespace failover
