#pragma once

#include <failover/context.hpp>
#include <failover/error.hpp>

namespace failover {

/// Waits between two tries: `length`, or until the deadline or a stop request, which are errors of kind timeout and
/// cancelled.
Result<void> pause_between_tries(Duration length, const Context& context);

}  // namespace failover
