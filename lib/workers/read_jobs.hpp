#pragma once

#include <vector>

#include <failover/error.hpp>

#include "archive/archive_format.hpp"
#include "archive/entry_record.hpp"
#include "core/secret.hpp"
#include "workers/entry_taker.hpp"

namespace failover {

/// Reads each job's entry and hands it to `taker`. Size and CRC-32 must be what the job says. Meanwhile the parent is
/// told how far it is.
/// @param password nullptr = none
Result<void> read_jobs(int fd, ArchiveFormat format, std::vector<UnpackJob> jobs, const Secret* password,
                       EntryTaker& taker);

}  // namespace failover
