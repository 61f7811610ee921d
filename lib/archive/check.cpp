#include "archive/check.hpp"

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <span>

#include <fcntl.h>

#include <failover/context.hpp>
#include <failover/error.hpp>

#include "archive/entry_reader.hpp"
#include "archive/zip_index.hpp"
#include "core/fd.hpp"
#include "core/file_io.hpp"

namespace failover {

Result<ArchiveSummary> check_archive(const std::filesystem::path& path, const ArchiveLimits& limits,
                                     const Context& context) {
  const Fd fd = FO_TRY(open_file(path, O_RDONLY));
  const auto work = "checking " + path.string();
  const auto index = FO_TRY(while_doing(work, ZipIndex::read(fd.get(), limits, context)));
  EntryReader reader;
  std::uint64_t done = 0;
  for (const auto& entry : index.entries()) {
    FO_TRY(while_doing(
        work, reader.read(fd.get(), entry, [](std::span<const std::byte>) { return Result<void>(); }, context)));
    done += entry.size;
    context.progress("check", done, index.summary().bytes);
  }
  return index.summary();
}

Result<ArchiveSummary> summarize_archive(const std::filesystem::path& path, const ArchiveLimits& limits,
                                         const Context& context) {
  const Fd fd = FO_TRY(open_file(path, O_RDONLY));
  return FO_TRY(while_doing("checking " + path.string(), ZipIndex::read(fd.get(), limits, context))).summary();
}

}  // namespace failover
