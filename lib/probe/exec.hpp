#pragma once

#include "probe/prober.hpp"

namespace failover {

/// exec:///: runs a monitoring plugin, without a shell, with each `?arg=` as one argument, a clean environment and no
/// input. What its end means: judge_plugin(). At the deadline its process group is killed, and the check is unknown:
/// a plugin that hangs says nothing about what it was to look at.
Pending start_exec(const CheckPlace& place, const Target& target, Deadline deadline, CheckDone done);

}  // namespace failover
