#pragma once

#include <filesystem>
#include <string>

#include <failover/context.hpp>
#include <failover/error.hpp>

namespace failover::cli {

/// The first line of stdin, by the context's deadline. kind not_found when there is none: nothing else is restored
/// instead.
Result<std::string> backup_path_from_stdin(const Context& context);

}  // namespace failover::cli
