#pragma once

#include <string>
#include <vector>

#include <failover/error.hpp>
#include <failover/observer.hpp>

#include "fo-probe/probe_options.hpp"

namespace failover::cli {

/// Every target that the options name, in their order: operands, --targets-from, --host with --service. An error of
/// kind usage when there is none, when one is wrong or when one is named twice.
Result<std::vector<Target>> read_targets(const ProbeToolOptions& options);

/// The targets of a file (or - for stdin), one a line, as they are written there.
Result<std::vector<std::string>> read_target_lines(const std::string& name);

/// The targets of --reference.
Result<std::vector<Target>> read_references(const ProbeToolOptions& options);

}  // namespace failover::cli
