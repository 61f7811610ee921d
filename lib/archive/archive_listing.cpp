#include "archive/archive_listing.hpp"

#include <failover/context.hpp>
#include <failover/error.hpp>

#include "archive/archive_entry.hpp"
#include "archive/check.hpp"
#include "archive/zip_index.hpp"

namespace failover {

Result<ArchiveListing> list_archive(int fd, const ArchiveLimits& limits, const Context& context) {
  return FO_TRY(ZipIndex::read(fd, limits, context)).listing();
}

}  // namespace failover
