#pragma once

#include <string>

#include <failover/error.hpp>

#include "core/fd.hpp"

namespace failover {

/// Opens a path that must stay beneath a directory, whatever lies in between: no "..", no symbolic link, no magic link
/// (openat2, property inside). A path that leads through a link is an error of kind refused.
/// @param path relative to `directory`; empty = the directory itself. O_CLOEXEC is added.
Result<Fd> open_beneath(int directory, const std::string& path, int flags, unsigned mode = 0);

}  // namespace failover
