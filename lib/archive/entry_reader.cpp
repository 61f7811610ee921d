#include "archive/entry_reader.hpp"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <span>

#include <failover/context.hpp>
#include <failover/error.hpp>

#include "archive/archive_entry.hpp"
#include "archive/archive_rule.hpp"
#include "core/crc.hpp"
#include "core/file_io.hpp"

namespace failover {

namespace {

constexpr std::size_t packed_chunk = std::size_t{256} * 1024;
constexpr std::size_t unpacked_chunk = std::size_t{1024} * 1024;

}  // namespace

/// Counts and sums what goes to the sink.
struct EntryReader::Checked {
  const ArchiveEntry& entry;
  const Sink& sink;
  std::uint64_t size = 0;
  std::uint32_t crc = 0;

  Result<void> add(std::span<const std::byte> bytes) {
    // A limit while unpacking: what the index promised is all there may be (a bomb lies about its size).
    if (bytes.size() > entry.size - size)
      return refuse(ArchiveRule::size, entry.path, "it unpacks to more than it states");
    size += bytes.size();
    crc = crc32(bytes, crc);
    return sink(bytes);
  }
};

EntryReader::EntryReader() : packed_(packed_chunk), room_(unpacked_chunk) {}

Result<void> EntryReader::read(int fd, const ArchiveEntry& entry, const Sink& sink, const Context& context) {
  Checked out{entry, sink};
  FO_TRY(entry.place.method == 0 ? stored(fd, entry, out, context) : deflated(fd, entry, out, context));
  if (out.size != entry.size) return refuse(ArchiveRule::size, entry.path, "it unpacks to less than it states");
  if (out.crc != entry.crc) return refuse(ArchiveRule::crc, entry.path, "its content does not have its CRC-32");
  return {};
}

Result<void> EntryReader::stored(int fd, const ArchiveEntry& entry, Checked& out, const Context& context) {
  for (std::uint64_t done = 0; done < entry.place.packed;) {
    FO_TRY(context.check());
    const auto want = std::min<std::uint64_t>(room_.size(), entry.place.packed - done);
    const auto count = FO_TRY(read_at(fd, entry.place.offset + done, std::span(room_).first(want)));
    if (count == 0) return refuse(ArchiveRule::data, entry.path, "the archive ends within it");
    FO_TRY(out.add(std::span(room_).first(count)));
    done += count;
  }
  return {};
}

Result<void> EntryReader::deflated(int fd, const ArchiveEntry& entry, Checked& out, const Context& context) {
  inflater_.reset();
  for (std::uint64_t done = 0; done < entry.place.packed;) {
    FO_TRY(context.check());
    const auto want = std::min<std::uint64_t>(packed_.size(), entry.place.packed - done);
    const auto count = FO_TRY(read_at(fd, entry.place.offset + done, std::span(packed_).first(want)));
    if (count == 0) return refuse(ArchiveRule::data, entry.path, "the archive ends within it");
    done += count;
    inflater_.feed(std::span(packed_).first(count));
    FO_TRY(unpack_fed(entry, out));
    if (inflater_.finished() && (inflater_.unused() != 0 || done != entry.place.packed)) {
      return refuse(ArchiveRule::data, entry.path, "bytes follow the end of its deflate stream");
    }
  }
  if (!inflater_.finished()) return refuse(ArchiveRule::data, entry.path, "its deflate stream was cut off");
  return {};
}

Result<void> EntryReader::unpack_fed(const ArchiveEntry& entry, Checked& out) {
  while (true) {
    std::size_t filled = 0;
    if (!inflater_.unpack(room_, filled)) {
      return refuse(ArchiveRule::data, entry.path, "its packed bytes are no deflate stream");
    }
    FO_TRY(out.add(std::span<const std::byte>(room_).first(filled)));
    // A full room may hide more; otherwise everything fed was used, or the stream is at its end.
    if (filled < room_.size() || inflater_.finished()) return {};
  }
}

}  // namespace failover
