#include "fo-promote/init/config_file_writer.hpp"

#include <cerrno>
#include <chrono>
#include <cstddef>
#include <cstdio>
#include <filesystem>
#include <optional>
#include <string_view>
#include <system_error>

#include <fcntl.h>
#include <fmt/chrono.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <failover/error.hpp>

namespace failover::promote_tool {

namespace {

namespace fs = std::filesystem;

constexpr mode_t readable = 0644;

std::unexpected<Error> cannot(std::string_view what, const fs::path& path, int error) {
  return fail(
      error == EACCES || error == EPERM ? ErrorKind::permission : ErrorKind::io,
      fmt::format("cannot {} {}: {}", what, path.string(), std::error_code(error, std::generic_category()).message()));
}

/// A new file that goes away again unless it is published.
class NewFile {
 public:
  explicit NewFile(const fs::path& target) : path_(fmt::format("{}.{}.new", target.string(), ::getpid())) {}
  NewFile(const NewFile&) = delete;
  NewFile& operator=(const NewFile&) = delete;
  ~NewFile() {
    if (fd_ >= 0) ::close(fd_);
    ::unlink(path_.c_str());
  }

  Result<void> fill(std::string_view text) {
    fd_ = ::open(path_.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, readable);
    if (fd_ < 0) return cannot("make", path_, errno);
    while (!text.empty()) {
      const auto count = ::write(fd_, text.data(), text.size());
      if (count < 0 && errno == EINTR) continue;
      if (count < 0) return cannot("write", path_, errno);
      text.remove_prefix(static_cast<std::size_t>(count));
    }
    // Whatever the umask says: the tools of other users read it, too.
    if (::fchmod(fd_, readable) != 0 || ::fsync(fd_) != 0) return cannot("write", path_, errno);
    return {};
  }

  [[nodiscard]] const fs::path& path() const { return path_; }

 private:
  fs::path path_;
  int fd_ = -1;
};

Result<void> sync_folder(const fs::path& folder) {
  const int fd = ::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (fd < 0) return cannot("open", folder, errno);
  const int failed = ::fsync(fd) != 0 ? errno : 0;
  ::close(fd);
  if (failed != 0) return cannot("write", folder, failed);
  return {};
}

bool is_there(const fs::path& path) {
  struct stat info{};
  return ::lstat(path.c_str(), &info) == 0;
}

fs::path folder_of(const fs::path& path) {
  return path.has_parent_path() ? path.parent_path() : fs::path(".");
}

fs::path dated(const fs::path& path) {
  const auto now = std::chrono::floor<std::chrono::seconds>(std::chrono::system_clock::now());
  return fmt::format("{}.{:%Y%m%dT%H%M%S}Z", path.string(), now);
}

}  // namespace

Result<void> may_write_configuration(const fs::path& path, bool force) {
  if (!force && is_there(path)) {
    return fail(ErrorKind::refused,
                fmt::format("{} is there already; --force replaces it and keeps a copy", path.string()));
  }
  if (is_there(path) && !fs::is_regular_file(fs::symlink_status(path))) {
    return fail(ErrorKind::refused, fmt::format("{} is no file; name another one with --config", path.string()));
  }
  return {};
}

Result<std::optional<fs::path>> write_configuration(const fs::path& path, std::string_view text, bool force) {
  FO_TRY(may_write_configuration(path, force));
  std::error_code error;
  fs::create_directories(folder_of(path), error);
  if (error) return cannot("make", folder_of(path), error.value());
  NewFile file(path);
  FO_TRY(file.fill(text));
  std::optional<fs::path> kept;
  if (is_there(path)) {
    kept = dated(path);
    // A second name, so that there is a configuration at every moment.
    if (::link(path.c_str(), kept->c_str()) != 0) return cannot("keep a copy of", path, errno);
    if (::rename(file.path().c_str(), path.c_str()) != 0) return cannot("replace", path, errno);
  } else if (::link(file.path().c_str(), path.c_str()) != 0) {
    return cannot("make", path, errno);
  }
  FO_TRY(sync_folder(folder_of(path)));
  return kept;
}

}  // namespace failover::promote_tool
