#pragma once

#include <failover/error.hpp>

namespace failover {

/// From now on this process, all threads of it, has only the system calls that unpacking needs (seccomp): any other
/// fails, and one that starts a program, reaches the network or another process, or changes what is mounted ends it.
/// @return false when this kernel has no such filter
Result<bool> confine_calls();

}  // namespace failover
