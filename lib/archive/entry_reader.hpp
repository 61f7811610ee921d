#pragma once

#include <cstddef>
#include <functional>
#include <span>
#include <vector>

#include <failover/context.hpp>
#include <failover/error.hpp>

#include "archive/archive_entry.hpp"
#include "archive/inflater.hpp"

namespace failover {

/// Unpacks entries of a ZipIndex. Never hands out more bytes than the index states, and ends with success only if
/// size, CRC-32 and the length of the packed data are exactly right.
class EntryReader {
 public:
  using Sink = std::function<Result<void>(std::span<const std::byte>)>;

  EntryReader();
  /// @param fd the archive that the index was read from
  /// @param sink called with the unpacked bytes in order; its error ends the reading
  Result<void> read(int fd, const ArchiveEntry& entry, const Sink& sink, const Context& context);

 private:
  struct Checked;
  Result<void> stored(int fd, const ArchiveEntry& entry, Checked& out, const Context& context);
  Result<void> deflated(int fd, const ArchiveEntry& entry, Checked& out, const Context& context);
  Result<void> unpack_fed(const ArchiveEntry& entry, Checked& out);

  Inflater inflater_;
  std::vector<std::byte> packed_;
  std::vector<std::byte> room_;
};

}  // namespace failover
