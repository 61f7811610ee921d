#pragma once

#include <cstdint>
#include <filesystem>

#include <failover/error.hpp>

namespace failover {

/// Whether `bytes` more fit into the file system of `folder`, with a little left over. Asked before a download starts.
Result<void> check_free_space(const std::filesystem::path& folder, std::uint64_t bytes);

}  // namespace failover
