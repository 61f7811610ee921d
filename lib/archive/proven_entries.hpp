#pragma once

#include <compare>
#include <cstddef>
#include <cstdint>
#include <map>
#include <vector>

#include <failover/context.hpp>
#include <failover/error.hpp>

#include "archive/archive_entry.hpp"

namespace failover {

/// The entries of a zip that is here, each of which was unpacked before and had its CRC-32. Packed bytes that are byte
/// for byte the same unpack to the same, so an entry of another archive that has them need not be unpacked again.
class ProvenEntries {
 public:
  /// @param fd of that zip, whose bytes are as they were when it was unpacked; stays the caller's and open
  explicit ProvenEntries(int fd);

  /// @param place where its packed bytes are
  void add(const EntryPlace& place, std::uint64_t size, std::uint32_t crc);
  /// Not one of that zip but of the archive that is looked at: it was unpacked there a moment ago.
  void add_unpacked(const EntryPlace& place, std::uint64_t size, std::uint32_t crc);

  [[nodiscard]] bool was_unpacked(const ArchiveEntry& entry) const;
  /// Whether one of them states the same method, sizes and CRC-32: worth comparing.
  [[nodiscard]] bool resembles(const ArchiveEntry& entry) const;
  /// Whether the packed bytes of an entry of `archive` are those of the one that it resembles.
  Result<bool> has(int archive, const ArchiveEntry& entry, const Context& context);

 private:
  /// What an index says of an entry's content.
  struct Statement {
    std::uint32_t crc = 0;
    std::uint16_t method = 0;
    std::uint64_t packed = 0;
    std::uint64_t size = 0;
    auto operator<=>(const Statement&) const = default;
  };
  /// Not by a hash: whoever makes an archive chooses its CRC-32s.
  using Offsets = std::map<Statement, std::uint64_t>;
  static Statement statement_of(const ArchiveEntry& entry) noexcept;

  int fd_;
  std::vector<std::byte> ours_;
  std::vector<std::byte> theirs_;
  Offsets proven_;
  Offsets unpacked_;
};

}  // namespace failover
