#pragma once

#include <failover/context.hpp>
#include <failover/error.hpp>

#include "archive/archive_entry.hpp"
#include "archive/check.hpp"

namespace failover {

/// What an archive holds, once it has passed every rule that can be judged without unpacking it.
/// @param fd a regular file
Result<ArchiveListing> list_archive(int fd, const ArchiveLimits& limits, const Context& context);

}  // namespace failover
