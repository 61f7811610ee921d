#include "archive/check.hpp"

#include <filesystem>

#include <fcntl.h>

#include <failover/context.hpp>
#include <failover/error.hpp>

#include "archive/archive_listing.hpp"
#include "archive/unpack_order.hpp"
#include "core/fd.hpp"
#include "core/file_io.hpp"

namespace failover {

Result<ArchiveSummary> check_archive(const std::filesystem::path& path, const ArchiveLimits& limits,
                                     const Context& context) {
  const Fd fd = FO_TRY(open_file(path, O_RDONLY));
  const auto work = "checking " + path.string();
  const auto listing = FO_TRY(while_doing(work, list_archive(fd.get(), limits, nullptr, context)));
  FO_TRY(while_doing(work, verify_entries(fd.get(), listing, context)));
  return listing.summary;
}

Result<ArchiveSummary> summarize_archive(const std::filesystem::path& path, const ArchiveLimits& limits,
                                         const Context& context) {
  const Fd fd = FO_TRY(open_file(path, O_RDONLY));
  return FO_TRY(while_doing("checking " + path.string(), list_archive(fd.get(), limits, nullptr, context))).summary;
}

}  // namespace failover
