#pragma once

#include <string>
#include <vector>

#include <failover/context.hpp>
#include <failover/error.hpp>
#include <failover/observer.hpp>

#include "state/restore_journal.hpp"

namespace failover {

/// Looks at the targets of a run until all are up, or its time for that is over (cut to what the deadline leaves, but
/// never below a second; a stop request does not end it). kind io when one is down then. One that could not be asked is
/// a warning, and no reason to go back (property unknown-is-not-down).
/// @param observer who looks; without one a run with targets is kind unfinished
/// @return the warnings
Result<std::vector<std::string>> check_afterwards(const RestoreRun& run, Observer* observer, const Context& context);

}  // namespace failover
