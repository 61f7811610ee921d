#pragma once

#include <span>
#include <vector>

#include <failover/error.hpp>

#include "archive/archive_format.hpp"
#include "archive/entry_record.hpp"
#include "core/secret.hpp"

namespace failover {

/// Unpacks each job's entry into its slot, or only checks it. Size and CRC-32 must be what the job says.
/// @param folders by their place in it a job names them
/// @param password nullptr = none
Result<void> unpack_jobs(int fd, ArchiveFormat format, std::vector<UnpackJob> jobs, std::span<const int> folders,
                         const Secret* password);

}  // namespace failover
