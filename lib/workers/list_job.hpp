#pragma once

#include <failover/error.hpp>

#include "archive/archive_entry.hpp"
#include "archive/archive_format.hpp"
#include "archive/check.hpp"
#include "core/secret.hpp"

namespace failover {

struct ListedArchive {
  ArchiveFormat format = ArchiveFormat::zip;
  ArchiveListing listing;
};

/// Reads what an archive holds and judges it. A zip by its index alone; what is read from front to back is unpacked for
/// it, so that its CRC-32s are known and its content is verified.
/// @param password nullptr = none
Result<ListedArchive> list_contents(int fd, const ArchiveLimits& limits, const Secret* password);

}  // namespace failover
