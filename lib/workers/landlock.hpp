#pragma once

#include <span>

#include <failover/error.hpp>

namespace failover {

/// From now on this process reaches nothing of the file system by name but new files in these folders; what is open
/// stays usable (Landlock). @return the kernel's version of it; 0 = this kernel has none, and nothing is changed.
/// Before any thread: it holds for the calling one and those it starts.
Result<int> confine_files(std::span<const int> folders);

}  // namespace failover
