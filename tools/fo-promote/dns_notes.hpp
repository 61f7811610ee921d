#pragma once

#include <functional>

#include <failover/error.hpp>

#include "cli/session.hpp"
#include "cli/tool.hpp"

namespace failover::promote_tool {

/// Runs a verb of `dns`. A warning that was noted on the way needs a look: what would have ended as done ends as done
/// with a warning (3). A remark, for instance that a domain controller signs as old Samba does, is told and no more.
Result<cli::Outcome> with_notes(cli::Session& session, const std::function<Result<cli::Outcome>()>& verb);

}  // namespace failover::promote_tool
