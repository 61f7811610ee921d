#pragma once

#include <failover/context.hpp>
#include <failover/error.hpp>

namespace failover {

/// Waits, unless a stop request or the deadline comes first; then it is an error of kind cancelled or timeout.
Result<void> pause_for(Duration duration, const Context& context);

}  // namespace failover
