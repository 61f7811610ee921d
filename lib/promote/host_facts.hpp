#pragma once

#include <cstdint>
#include <filesystem>

#include <failover/error.hpp>

namespace failover {

/// Bytes that we may still write where this directory lies, or, while it is absent, where it would be made.
Result<std::uint64_t> free_bytes_at(const std::filesystem::path& directory);

/// Whether the kernel says that something keeps its clock right (adjtimex(2): no TIME_ERROR).
Result<bool> clock_is_kept();

/// Kind config when the program is not absolute, is no regular file, or may not be run by us.
Result<void> check_program(const std::filesystem::path& program);

}  // namespace failover
