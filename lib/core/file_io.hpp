#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <span>
#include <string>
#include <string_view>

#include <failover/error.hpp>

#include "core/fd.hpp"

namespace failover {

/// Opens with O_CLOEXEC added. Errors as in system_error, naming the path.
Result<Fd> open_file(const std::filesystem::path& path, int flags, unsigned mode = 0);

/// The whole file; more than `limit` bytes is an error of kind integrity.
Result<std::string> read_file(const std::filesystem::path& path, std::size_t limit);

/// Reads from a descriptor to its end, at most `limit` bytes.
Result<std::string> read_to_end(int fd, std::size_t limit);

/// Writes everything, over short writes and EINTR.
Result<void> write_all(int fd, std::span<const std::byte> bytes);
Result<void> write_all(int fd, std::string_view text);

/// Fills `buffer` from `offset` unless the file ends before; the count of bytes read.
Result<std::size_t> read_at(int fd, std::uint64_t offset, std::span<std::byte> buffer);

/// fsync of a file's descriptor, and of a directory by path so that a name in it is durable.
Result<void> sync_file(int fd);
Result<void> sync_directory(const std::filesystem::path& directory);

/// Makes the directory with `mode` unless it exists, parents too; the parents of new ones are fsynced.
Result<void> make_directories(const std::filesystem::path& directory, unsigned mode);

}  // namespace failover
