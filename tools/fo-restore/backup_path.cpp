#include "fo-restore/backup_path.hpp"

#include <array>
#include <cerrno>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <stop_token>
#include <string>

#include <poll.h>
#include <sys/eventfd.h>
#include <sys/types.h>
#include <unistd.h>

#include <failover/context.hpp>
#include <failover/error.hpp>

namespace failover::cli {

namespace {

/// An eventfd that becomes readable when the run is to stop.
class Wake {
 public:
  explicit Wake(const std::stop_token& stop)
      : fd_(::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)), callback_(stop, Ring{fd_}) {}
  Wake(const Wake&) = delete;
  Wake& operator=(const Wake&) = delete;
  ~Wake() {
    if (fd_ >= 0) ::close(fd_);
  }
  [[nodiscard]] int fd() const noexcept { return fd_; }

 private:
  struct Ring {
    int fd;
    void operator()() const noexcept {
      const std::uint64_t one = 1;
      [[maybe_unused]] const ssize_t written = ::write(fd, &one, sizeof one);
    }
  };
  int fd_;
  std::stop_callback<Ring> callback_;
};

}  // namespace

Result<std::string> backup_path_from_stdin(const Context& context) {
  const Wake wake(context.stop);
  std::string line;
  constexpr std::size_t longest = std::size_t{64} * 1024;
  while (line.size() <= longest) {
    std::array<pollfd, 2> polls{pollfd{STDIN_FILENO, POLLIN, 0}, pollfd{wake.fd(), POLLIN, 0}};
    const int ready = ::poll(polls.data(), polls.size(), context.deadline.poll_timeout_ms());
    if (ready < 0 && errno != EINTR)
      return fail(ErrorKind::io, std::string("cannot read stdin: ") + std::strerror(errno));
    const auto going_on = context.check();
    if (!going_on) return std::unexpected(Error{going_on.error()}.while_doing("waiting for a path on stdin"));
    if (polls[0].revents == 0) continue;
    char c = 0;
    const ssize_t count = ::read(STDIN_FILENO, &c, 1);  // one at a time: what follows the line is not ours
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) return fail(ErrorKind::io, std::string("cannot read stdin: ") + std::strerror(errno));
    if (count == 0 || c == '\n') break;
    line += c;
  }
  if (line.empty() || line.size() > longest) {
    return fail(ErrorKind::not_found, "no path of a backup came on stdin; nothing is restored instead");
  }
  return line;
}

}  // namespace failover::cli
