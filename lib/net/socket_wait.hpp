#pragma once

#include <string_view>

#include <failover/context.hpp>
#include <failover/error.hpp>

namespace failover {

/// Waits until poll(2) reports one of `events`, or an error, on a descriptor. A stop request ends the wait (kind
/// cancelled), so do the deadline and `silence` without an event (kind timeout); `peer` is for the message.
Result<void> wait_for_socket(int fd, short events, Duration silence, std::string_view peer, const Context& context);

}  // namespace failover
