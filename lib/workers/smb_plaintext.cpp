#include "workers/smb_plaintext.hpp"

#include <algorithm>
#include <array>
#include <atomic>
#include <cerrno>
#include <cstddef>
#include <cstring>
#include <span>

#include <sys/syscall.h>
#include <sys/types.h>
#include <sys/uio.h>
#include <unistd.h>

namespace failover {

namespace {

std::atomic<bool> forbidden{false};
std::atomic<bool> held_back{false};
/// NEGOTIATE, SESSION_SETUP, the TREE_CONNECT with the name of the share, after which libsmbclient turns it on, and
/// ECHO, which says nothing.
constexpr std::array<unsigned char, 4> in_the_clear{0, 1, 3, 13};

/// [MS-SMB2] 2.2.1 and 2.2.41: a plain message begins with 0xFE "SMB" and has its command at offset 12, an encrypted
/// one begins with 0xFD "SMB". SMB 1 begins with 0xFF "SMB".
bool is_plain_talk(std::span<const iovec> parts) noexcept {
  constexpr std::size_t length_prefix = 4;
  constexpr std::size_t header_size = 64;
  if (parts.size() < 2 || parts[0].iov_len != length_prefix || parts[1].iov_len < header_size) return false;
  const auto* header = static_cast<const unsigned char*>(parts[1].iov_base);
  if (std::memcmp(header + 1, "SMB", 3) != 0 || header[0] < 0xFE) return false;
  return header[0] == 0xFF || header[13] != 0 || std::ranges::find(in_the_clear, header[12]) == in_the_clear.end();
}

}  // namespace

void forbid_plaintext() noexcept {
  forbidden = true;
}

bool plaintext_was_held_back() noexcept {
  return held_back;
}

}  // namespace failover

/// Takes the place of the C library's for everything in this process.
extern "C" __attribute__((visibility("default"))) ssize_t writev(int fd, const iovec* parts, int count) {
  if (failover::forbidden && count > 0 && failover::is_plain_talk(std::span(parts, static_cast<std::size_t>(count)))) {
    failover::held_back = true;
    errno = EPIPE;
    return -1;
  }
  return static_cast<ssize_t>(::syscall(SYS_writev, fd, parts, count));
}
