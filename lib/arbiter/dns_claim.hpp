#pragma once

#include <optional>
#include <string>

#include <failover/context.hpp>
#include <failover/dns.hpp>
#include <failover/error.hpp>

#include "arbiter/claim_record.hpp"

namespace failover {

/// The record as the arbiter `dns` keeps it in the epoch mark, whose epoch and node are those of the claim:
///
///     epoch=4 node=b time=2026-11-23T06:07:00Z claim=0f3a joined=yes maybe=a,b active=a@3 until=2026-11-23T06:22:00Z
///
/// `maybe` is left out when nobody may be serving, `active` when nobody is, `until` when no claim is open.
struct DnsClaim {
  ClaimRecord record;
  std::string time;  ///< of the claim, RFC 3339
  std::optional<WallTime>
      until;  ///< the claim is open; its run ends by then whatever happens, unless the host stands still

  bool operator==(const DnsClaim&) const = default;
};

/// Kind refused when it does not fit into one string of a TXT record (255 bytes): the nodes' names are too long.
Result<EpochMark> mark_of(const DnsClaim& claim);

/// Strictly: kind not_found for a mark without any record, protocol for one that is not exactly as mark_of() writes it.
Result<DnsClaim> claim_in(const EpochMark& mark);

/// Whether the claimant may be at work, so that another does better to wait. It decides about manners, not about
/// safety: whoever claims fences the claimant like everybody in `maybe`. The clocks of two hosts are compared, so one
/// that is far ahead must not make others wait for ever.
bool may_be_at_work(const DnsClaim& claim, WallTime now);

}  // namespace failover
