#pragma once

#include <cstdint>
#include <filesystem>
#include <string_view>
#include <vector>

#include <failover/error.hpp>

namespace failover {

/// FOLDER/PREFIX<number>, for files of which each run has one of its own.
std::filesystem::path numbered_file(const std::filesystem::path& folder, std::string_view prefix, std::uint64_t number);

/// The numbers of those that are there, ascending; an absent folder has none.
Result<std::vector<std::uint64_t>> list_numbered_files(const std::filesystem::path& folder, std::string_view prefix);

}  // namespace failover
