#pragma once

#include <span>
#include <vector>

#include <failover/error.hpp>

#include "archive/archive_format.hpp"
#include "archive/entry_record.hpp"
#include "core/secret.hpp"

namespace failover {

/// Unpacks each job's entry into its slot, or only checks it.
/// @param folders by their place in it a job names them
/// @param password nullptr = none
Result<void> unpack_into(std::span<const int> folders, int fd, ArchiveFormat format, std::vector<UnpackJob> jobs,
                         const Secret* password);

}  // namespace failover
