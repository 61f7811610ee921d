#include "core/atomic_file.hpp"

#include <cerrno>
#include <cstddef>
#include <cstdio>
#include <filesystem>
#include <span>
#include <string_view>
#include <utility>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <failover/error.hpp>

#include "core/fd.hpp"
#include "core/file_io.hpp"
#include "core/system_error.hpp"

namespace failover {

AtomicFile::AtomicFile(std::filesystem::path path, std::filesystem::path temporary, Fd fd) noexcept
    : path_(std::move(path)), temporary_(std::move(temporary)), fd_(std::move(fd)) {}

AtomicFile::AtomicFile(AtomicFile&& other) noexcept
    : path_(std::move(other.path_)), temporary_(std::exchange(other.temporary_, {})), fd_(std::move(other.fd_)) {}

AtomicFile::~AtomicFile() {
  if (!temporary_.empty()) ::unlink(temporary_.c_str());
}

Result<AtomicFile> AtomicFile::create(std::filesystem::path path, unsigned mode) {
  // A fixed name: what a crash leaves behind is overwritten by the next run instead of piling up. One writer per file
  // is the rule of the state directory.
  auto temporary = path;
  temporary += ".new";
  if (::unlink(temporary.c_str()) != 0 && errno != ENOENT) {
    return fail_errno("cannot remove the left-over " + temporary.string());
  }
  Fd fd = FO_TRY(open_file(temporary, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW, mode));
  AtomicFile file(std::move(path), std::move(temporary), std::move(fd));
  if (::fchmod(file.fd(), mode) != 0) return fail_errno("cannot set the mode of " + file.temporary_.string());
  return file;
}

Result<void> AtomicFile::write(std::string_view text) {
  return while_doing("writing " + path_.string(), write_all(fd_.get(), text));
}

Result<void> AtomicFile::write(std::span<const std::byte> bytes) {
  return while_doing("writing " + path_.string(), write_all(fd_.get(), bytes));
}

Result<void> AtomicFile::commit() {
  FO_TRY(while_doing("writing " + path_.string(), sync_file(fd_.get())));
  if (::rename(temporary_.c_str(), path_.c_str()) != 0) return fail_errno("cannot publish " + path_.string());
  temporary_.clear();
  return sync_directory(path_.parent_path());
}

Result<void> write_file_atomically(const std::filesystem::path& path, std::string_view text, unsigned mode) {
  AtomicFile file = FO_TRY(AtomicFile::create(path, mode));
  FO_TRY(file.write(text));
  return file.commit();
}

Result<void> remove_file_durably(const std::filesystem::path& path) {
  if (::unlink(path.c_str()) != 0) {
    if (errno == ENOENT) return {};
    return fail_errno("cannot remove " + path.string());
  }
  return sync_directory(path.parent_path());
}

}  // namespace failover
