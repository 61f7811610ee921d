#include "fetch/delta_index.hpp"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <utility>

#include <failover/context.hpp>
#include <failover/error.hpp>

#include "archive/check.hpp"
#include "archive/zip_bytes.hpp"
#include "archive/zip_central.hpp"
#include "archive/zip_end.hpp"
#include "core/file_io.hpp"

namespace failover {

namespace {

constexpr std::size_t check_every = 1024;

std::unexpected<Error> unfit() {
  return fail(ErrorKind::integrity, "its entries do not lie one after the other");
}

}  // namespace

Result<PackedIndex> read_packed_index(int fd, std::uint64_t size, const Context& context) {
  const auto end = FO_TRY(read_zip_end(fd, size));
  ArchiveLimits limits;
  limits.symlinks = true;
  auto central = FO_TRY(read_central_directory(fd, end, limits, context));
  PackedIndex index;
  index.directory = end.directory_offset;
  index.size = size;
  index.entries.reserve(central.size());
  for (auto& [entry, name] : central) {
    index.entries.push_back({std::move(name), entry.crc, entry.place.packed, entry.size, entry.place.method,
                             entry.flags, entry.modified, entry.local_offset, 0, 0});
  }
  std::ranges::sort(index.entries, {}, &PackedEntry::begin);
  if (!index.entries.empty() && index.entries.front().begin != 0) return unfit();
  for (std::size_t i = 0; i < index.entries.size(); ++i) {
    auto& entry = index.entries[i];
    entry.end = i + 1 < index.entries.size() ? index.entries[i + 1].begin : index.directory;
    const auto header = local_header_size + entry.name.size();
    if (entry.end < entry.begin || entry.span() < header || entry.span() - header < entry.compressed) return unfit();
  }
  return index;
}

Result<void> find_packed_data(int fd, PackedIndex& index, const Context& context) {
  std::string header(local_header_size, '\0');
  for (std::size_t i = 0; i < index.entries.size(); ++i) {
    if (i % check_every == 0) FO_TRY(context.check());
    auto& entry = index.entries[i];
    const auto count = FO_TRY(read_at(fd, entry.begin, std::as_writable_bytes(std::span(header))));
    if (count != header.size() || le32(header, 0) != local_signature) return unfit();
    entry.data = entry.begin + local_header_size + le16(header, 26) + le16(header, 28);
    if (entry.data > entry.end || entry.compressed > entry.end - entry.data) return unfit();
  }
  return {};
}

}  // namespace failover
