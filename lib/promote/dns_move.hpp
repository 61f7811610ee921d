#pragma once

#include <failover/context.hpp>
#include <failover/dns.hpp>
#include <failover/error.hpp>
#include <failover/promoter.hpp>

#include "promote/dns_case.hpp"
#include "promote/work.hpp"

namespace failover {

/// Brings one view to the new addresses and our mark, by the case table, as compare-and-swap on exactly what was read;
/// then reads it back from every authoritative server (property effect).
/// @return whether it was changed now. Errors: conflict = superseded by a newer epoch, unfinished = a person decides.
Result<bool> move_view(DnsView& view, const ViewFacts& facts, const EpochMark& mark, const Context& context);

/// Every view. A failed one never undoes a good one; the error names all that are open, and is of kind conflict when
/// one of them was superseded.
Result<void> move_all_views(PromotionWork& work);

}  // namespace failover
