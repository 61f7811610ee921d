#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include <failover/context.hpp>
#include <failover/error.hpp>

#include "archive/check.hpp"
#include "archive/zip_end.hpp"
#include "archive/zip_index.hpp"

namespace failover {

/// An entry with its name as written, which its local header must repeat.
struct CentralEntry {
  ZipEntry entry;
  std::string raw_name;
};

/// Reads the whole central directory (APPNOTE 4.3.12): exactly the counted entries, nothing after them.
Result<std::vector<CentralEntry>> read_central_directory(int fd, const ZipEnd& end, const ArchiveLimits& limits,
                                                         const Context& context);

}  // namespace failover
