#pragma once

#include <failover/context.hpp>

namespace failover {

/// Waits between two looks at a server; ends early at the context's deadline or a stop request.
void pause(Duration duration, const Context& context);

}  // namespace failover
