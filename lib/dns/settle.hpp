#pragma once

#include <failover/context.hpp>
#include <failover/dns.hpp>
#include <failover/error.hpp>

namespace failover {

/// After an error of one of these kinds nobody knows whether a change was done, or will yet be.
bool leaves_open(const Error& error) noexcept;

/// No usable answer came to a change: what the view holds decides (property effect). While it still holds `from`, it is
/// given up to five seconds.
/// @param why the error of the change
/// @return nothing if the change was done; else `why`, or a conflict when somebody else has changed it
Result<void> settle_change(DnsUpdater& updater, const Error& why, const ServiceRecord& from, const ServiceRecord& to,
                           const Context& context);

}  // namespace failover
