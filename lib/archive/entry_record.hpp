#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include <failover/error.hpp>

#include "archive/archive_entry.hpp"

namespace failover {

/// One entry to be unpacked by a worker.
struct UnpackJob {
  ArchiveEntry entry;
  std::uint32_t folder = 0;  ///< which of the folders that it was given; no_folder = only check
  std::uint64_t slot = 0;    ///< the number that is the file's name there
};

constexpr std::uint32_t no_folder = 0xFFFFFFFF;

/// How entries and jobs travel between the library and fo-unpack: fixed numbers, then path and link. Both sides are of
/// one build, but what a worker says is believed no more than what an archive says.
void append_entry(std::string& bytes, const ArchiveEntry& entry);
void append_job(std::string& bytes, const ArchiveEntry& entry, std::uint32_t folder, std::uint64_t slot);

/// Takes one off the front; an error of kind internal when the bytes are none.
Result<ArchiveEntry> take_entry(std::string_view& bytes);
Result<UnpackJob> take_job(std::string_view& bytes);

}  // namespace failover
