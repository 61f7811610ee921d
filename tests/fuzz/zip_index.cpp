#include "archive/zip_index.hpp"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include <sys/mman.h>
#include <unistd.h>

#include <failover/context.hpp>
#include <failover/error.hpp>

#include "archive/check.hpp"
#include "archive/entry_reader.hpp"
#include "core/fd.hpp"
#include "fuzz/must.hpp"
#include "fuzz/target.hpp"

using failover::Fd;
using failover::Result;
using failover::ZipEntry;
using failover::ZipIndex;
using failover::test::must;

namespace {

constexpr failover::ArchiveLimits limits{.max_size = 4UL * 1024 * 1024, .max_files = 1000, .max_ratio = 1000};

/// inside: no name leads out of the target.
void stays_inside(std::string_view path) {
  must(!path.starts_with('/') && !path.contains('\\') && !path.contains('\0'), "a path is relative and plain");
  while (!path.empty()) {
    const auto slash = path.find('/');
    const auto component = path.substr(0, slash);
    must(!component.empty() && component != "." && component != ".." && component != ".failover",
         "no component leads out or to our own folder");
    path.remove_prefix(slash == std::string_view::npos ? path.size() : slash + 1);
  }
}

void bytes_belong_to_one(const std::vector<ZipEntry>& entries, std::size_t size) {
  std::vector<const ZipEntry*> order;
  for (const auto& entry : entries) order.push_back(&entry);
  std::ranges::sort(order, {}, [](const ZipEntry* entry) { return entry->local_offset; });
  std::uint64_t end = 0;
  for (const auto* entry : order) {
    must(entry->local_offset >= end, "no byte belongs to two entries");
    must(entry->place.offset > entry->local_offset && entry->place.offset <= size, "data follow their header");
    must(entry->place.packed <= size - entry->place.offset, "data lie within the file");
    end = entry->place.offset + entry->place.packed;
  }
}

void reads_as_stated(int fd, const ZipEntry& entry, failover::EntryReader& reader) {
  std::uint64_t got = 0;
  const auto sink = [&](std::span<const std::byte> bytes) -> Result<void> {
    got += bytes.size();
    must(got <= entry.size, "never more bytes than stated");
    return {};
  };
  if (reader.read(fd, entry, sink, failover::Context{})) must(got == entry.size, "success means every byte");
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const Fd fd(memfd_create("archive", MFD_CLOEXEC));
  must(fd && write(fd.get(), data, size) == static_cast<ssize_t>(size), "the input is written");
  const auto index = ZipIndex::read(fd.get(), limits, failover::Context{});
  if (!index) return 0;
  bytes_belong_to_one(index->entries(), size);
  std::uint64_t bytes = 0;
  std::uint64_t files = 0;
  failover::EntryReader reader;
  for (const auto& entry : index->entries()) {
    stays_inside(entry.path);
    if (entry.is_directory()) continue;
    ++files;
    bytes += entry.size;
    reads_as_stated(fd.get(), entry, reader);
  }
  must(files == index->summary().files && bytes == index->summary().bytes, "the summary counts what is there");
  must(bytes <= limits.max_size && index->entries().size() <= limits.max_files, "the limits hold");
  return 0;
}
