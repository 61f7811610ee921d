#pragma once

#include <string_view>

#include <failover/error.hpp>

#include "archive/archive_entry.hpp"

namespace failover {

/// ArchiveRule::link: a symbolic link is relative and ends beneath `root`, the part of the archive that goes to one
/// place ("" = all of it). ".." is allowed only at its beginning: what lies above a link are directories of the
/// archive, so that each step up is sure, while a later one would go up from wherever another link leads.
Result<void> check_link(const ArchiveEntry& entry, std::string_view root);

}  // namespace failover
