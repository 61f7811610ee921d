#pragma once

#include <vector>

#include <sys/types.h>

#include <failover/context.hpp>
#include <failover/error.hpp>

namespace failover {

/// The processes of a group that have not ended; those that nobody has collected yet do not count.
std::vector<pid_t> group_members(pid_t group);

/// TERM to the group, KILL after `grace`, and waits until nobody is left in it, at most to the context's deadline.
Result<void> end_group(pid_t group, Duration grace, const Context& context);

}  // namespace failover
