#pragma once

#include <failover/context.hpp>
#include <failover/error.hpp>

#include "archive/archive_entry.hpp"
#include "archive/check.hpp"
#include "core/secret.hpp"

namespace failover {

/// What an archive holds, once it has passed every rule that can be judged without unpacking a zip; of a tar or an
/// encrypted zip (with its password) all of it is unpacked and verified for that. Read in a process of its own that is
/// shut in; what comes from there is held against the rules once more.
/// @param fd a regular file
/// @param password nullptr = none
Result<ArchiveListing> list_archive(int fd, const ArchiveLimits& limits, const Secret* password,
                                    const Context& context);

}  // namespace failover
