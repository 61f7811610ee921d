#pragma once

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include <libssh2.h>

#include <failover/context.hpp>
#include <failover/error.hpp>

#include "core/fd.hpp"

namespace failover {

struct SshPeer {
  std::string host;
  std::uint16_t port = 22;
  std::string user;

  [[nodiscard]] std::string text() const;  ///< "backup@store.example:22"
};

struct SshOptions {
  std::optional<std::filesystem::path> identity_file;  ///< else the agent, else ~/.ssh/id_*
  std::optional<std::filesystem::path> known_hosts;    ///< else ~/.ssh/known_hosts and the host's own
  /// With an identity file its passphrase, which never goes to the server; else the password.
  std::optional<std::filesystem::path> password_file;
  Duration stall_timeout = std::chrono::seconds(30);
};

/// A connection to an SSH server whose host key was found in known_hosts and that took us for `user`. Never blocks
/// longer than its contexts and the stall timeout allow.
class SshSession {
 public:
  /// Kinds of errors: unreachable, timeout, refused (host key), permission (user), protocol, config.
  static Result<std::unique_ptr<SshSession>> connect(const SshPeer& peer, const SshOptions& options,
                                                     const Context& context);
  ~SshSession();
  SshSession(const SshSession&) = delete;
  SshSession& operator=(const SshSession&) = delete;

  [[nodiscard]] LIBSSH2_SESSION* handle() const noexcept { return session_; }
  /// Calls until it gives something else than LIBSSH2_ERROR_EAGAIN, waiting for the socket in between.
  Result<long> drive(const std::function<long()>& call, const Context& context);
  /// The error of a call that gave `code`, below 0: "WORK: what libssh2 says".
  [[nodiscard]] Error error_of(long code, std::string_view work) const;
  /// Ends the connection at once: whatever is given back afterwards cannot wait any more.
  void hang_up() noexcept;

 private:
  SshSession(SshPeer peer, SshOptions options, Fd fd, LIBSSH2_SESSION* session) noexcept;
  Result<void> handshake(const Context& context);

  SshPeer peer_;
  SshOptions options_;
  Fd fd_;
  LIBSSH2_SESSION* session_;
};

}  // namespace failover
