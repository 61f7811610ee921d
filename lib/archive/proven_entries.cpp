#include "archive/proven_entries.hpp"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <span>

#include <failover/context.hpp>
#include <failover/error.hpp>

#include "archive/archive_entry.hpp"
#include "core/file_io.hpp"

namespace failover {

namespace {

/// Small enough for the cache: of larger ones the copies alone cost more than the comparison.
constexpr std::size_t block_size = std::size_t{64} * 1024;

}  // namespace

ProvenEntries::ProvenEntries(int fd) : fd_(fd), ours_(block_size), theirs_(block_size) {}

ProvenEntries::Statement ProvenEntries::statement_of(const ArchiveEntry& entry) noexcept {
  return {entry.crc, entry.place.method, entry.place.packed, entry.size};
}

void ProvenEntries::add(const EntryPlace& place, std::uint64_t size, std::uint32_t crc) {
  proven_.try_emplace({crc, place.method, place.packed, size}, place.offset);
}

void ProvenEntries::add_unpacked(const EntryPlace& place, std::uint64_t size, std::uint32_t crc) {
  unpacked_.try_emplace({crc, place.method, place.packed, size}, place.offset);
}

bool ProvenEntries::was_unpacked(const ArchiveEntry& entry) const {
  const auto found = unpacked_.find(statement_of(entry));
  return found != unpacked_.end() && found->second == entry.place.offset;
}

bool ProvenEntries::resembles(const ArchiveEntry& entry) const {
  return proven_.contains(statement_of(entry));
}

Result<bool> ProvenEntries::has(int archive, const ArchiveEntry& entry, const Context& context) {
  const auto found = proven_.find(statement_of(entry));
  if (found == proven_.end()) return false;
  for (std::uint64_t done = 0; done < entry.place.packed;) {
    FO_TRY(context.check());
    const auto length = static_cast<std::size_t>(std::min<std::uint64_t>(block_size, entry.place.packed - done));
    const auto theirs = FO_TRY(read_at(archive, entry.place.offset + done, std::span(theirs_).first(length)));
    const auto ours = FO_TRY(read_at(fd_, found->second + done, std::span(ours_).first(length)));
    if (theirs != length || ours != length || std::memcmp(theirs_.data(), ours_.data(), length) != 0) return false;
    done += length;
  }
  return true;
}

}  // namespace failover
