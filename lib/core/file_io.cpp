#include "core/file_io.hpp"

#include <cerrno>
#include <cstddef>
#include <cstdint>
#include <expected>
#include <filesystem>
#include <span>
#include <string>
#include <string_view>

#include <fcntl.h>
#include <sys/stat.h>
#include <sys/types.h>
#include <unistd.h>

#include <failover/error.hpp>

#include "core/fd.hpp"
#include "core/system_error.hpp"

namespace failover {

Result<Fd> open_file(const std::filesystem::path& path, int flags, unsigned mode) {
  while (true) {
    Fd fd(::open(path.c_str(), flags | O_CLOEXEC, mode));
    if (fd) return fd;
    if (errno != EINTR) return fail_errno("cannot open " + path.string());
  }
}

Result<std::string> read_file(const std::filesystem::path& path, std::size_t limit) {
  const Fd fd = FO_TRY(open_file(path, O_RDONLY));
  return while_doing("reading " + path.string(), read_to_end(fd.get(), limit));
}

Result<std::string> read_to_end(int fd, std::size_t limit) {
  std::string content;
  std::string chunk(std::size_t{64} * 1024, '\0');
  while (true) {
    const ssize_t count = ::read(fd, chunk.data(), chunk.size());
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) return fail_errno("cannot read");
    if (count == 0) return content;
    content.append(chunk, 0, static_cast<std::size_t>(count));
    if (content.size() > limit) {
      return fail(ErrorKind::integrity, "larger than the " + std::to_string(limit) + " bytes it may have");
    }
  }
}

Result<void> write_all(int fd, std::span<const std::byte> bytes) {
  while (!bytes.empty()) {
    const ssize_t count = ::write(fd, bytes.data(), bytes.size());
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) return fail_errno("cannot write");
    bytes = bytes.subspan(static_cast<std::size_t>(count));
  }
  return {};
}

Result<void> write_all(int fd, std::string_view text) {
  return write_all(fd, std::as_bytes(std::span(text)));
}

Result<std::size_t> read_at(int fd, std::uint64_t offset, std::span<std::byte> buffer) {
  std::size_t done = 0;
  while (done < buffer.size()) {
    const ssize_t count = ::pread(fd, buffer.data() + done, buffer.size() - done, static_cast<off_t>(offset + done));
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) return fail_errno("cannot read");
    if (count == 0) break;
    done += static_cast<std::size_t>(count);
  }
  return done;
}

Result<void> sync_file(int fd) {
  while (::fsync(fd) != 0) {
    if (errno != EINTR) return fail_errno("cannot flush to disk");
  }
  return {};
}

Result<void> sync_directory(const std::filesystem::path& directory) {
  const auto& place = directory.empty() ? std::filesystem::path(".") : directory;
  const Fd fd = FO_TRY(open_file(place, O_RDONLY | O_DIRECTORY));
  return while_doing("flushing directory " + place.string(), sync_file(fd.get()));
}

Result<void> make_directories(const std::filesystem::path& directory, unsigned mode) {
  if (directory.empty()) return {};
  if (::mkdir(directory.c_str(), mode) == 0) return sync_directory(directory.parent_path());
  if (errno == EEXIST) {
    struct stat info{};
    if (::stat(directory.c_str(), &info) != 0) return fail_errno("cannot look at " + directory.string());
    if (!S_ISDIR(info.st_mode)) return fail(ErrorKind::io, directory.string() + " is not a directory");
    return {};
  }
  if (errno != ENOENT || directory.parent_path() == directory) {
    return fail_errno("cannot make directory " + directory.string());
  }
  FO_TRY(make_directories(directory.parent_path(), mode));
  if (::mkdir(directory.c_str(), mode) != 0 && errno != EEXIST) {
    // Its parent is there: nothing that was looked for is missing.
    auto error = system_error(errno, "cannot make directory " + directory.string());
    if (error.kind == ErrorKind::not_found) error.kind = ErrorKind::io;
    return std::unexpected(error);
  }
  return sync_directory(directory.parent_path());
}

}  // namespace failover
