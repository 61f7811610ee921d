#pragma once

#include <failover/dns.hpp>

namespace failover {

/// A view whose mark lives elsewhere: `service` moves the name and knows no mark, `mark` is about the mark alone, in a
/// zone of its own. What is atomic then: each of the two changes for itself. The mark is written first, demanding the
/// mark that was read, so of two hosts that try at once one wins there; then the name, demanding what was read of it.
/// A crash between leaves the old address with the new mark, which the next run finishes.
DnsView join_apart(DnsView service, DnsView mark);

}  // namespace failover
