#include "core/file_lock.hpp"

#include <cerrno>
#include <cstddef>
#include <filesystem>
#include <string>
#include <string_view>
#include <utility>

#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

#include <failover/error.hpp>

#include "core/fd.hpp"
#include "core/file_io.hpp"
#include "core/system_error.hpp"

namespace failover {

namespace {

constexpr std::size_t note_limit = 4096;

// The pid is for the message only; the lock itself is the kernel's.
std::string holder(int fd) {
  auto text = read_to_end(fd, 64);
  if (!text || text->empty()) return "another process";
  return "process " + text->substr(0, text->find('\n'));
}

}  // namespace

Result<FileLock> FileLock::take(const std::filesystem::path& path, std::string_view note) {
  Fd fd = FO_TRY(open_file(path, O_RDWR | O_CREAT | O_NOFOLLOW, 0600));
  while (::flock(fd.get(), LOCK_EX | LOCK_NB) != 0) {
    if (errno == EINTR) continue;
    if (errno == EWOULDBLOCK) {
      return fail(ErrorKind::locked,
                  "another run is at work: " + holder(fd.get()) + " holds " + path.string() + "; wait for its end");
    }
    return fail_errno("cannot lock " + path.string());
  }
  if (::ftruncate(fd.get(), 0) != 0) return fail_errno("cannot write " + path.string());
  FO_TRY(write_all(fd.get(), std::to_string(::getpid()) + "\n" + std::string(note)));
  return FileLock(std::move(fd));
}

Result<std::string> FileLock::note_of(const std::filesystem::path& path) {
  const auto text = FO_TRY(read_file(path, note_limit));
  const auto line_end = text.find('\n');
  return line_end == std::string::npos ? std::string() : text.substr(line_end + 1);
}

}  // namespace failover
