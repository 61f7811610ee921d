#pragma once

#include <vector>

#include <failover/error.hpp>

#include "archive/zip_index.hpp"

namespace failover {

/// The rules that concern paths among each other: duplicate and file_and_directory.
Result<void> check_tree(const std::vector<ZipEntry>& entries);

/// ZipRule::case_duplicate, for a target that folds case. Beyond ASCII the answer is on the safe side: such letters
/// count as equal.
Result<void> check_case(const std::vector<ZipEntry>& entries);

}  // namespace failover
