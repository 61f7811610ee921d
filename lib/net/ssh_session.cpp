#include "net/ssh_session.hpp"

#include <cstddef>
#include <expected>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <utility>

#include <fmt/format.h>
#include <libssh2.h>
#include <poll.h>
#include <sys/socket.h>

#include <failover/context.hpp>
#include <failover/error.hpp>

#include "core/fd.hpp"
#include "core/url.hpp"
#include "net/socket_wait.hpp"
#include "net/ssh_auth.hpp"
#include "net/ssh_host_key.hpp"
#include "net/tcp_connect.hpp"

namespace failover {

namespace {

// No SHA-1, no CBC, no group 1; the fast ones first (aes128-ctr is 10 % faster than aes256, SHA-256 20 % than SHA-512).
constexpr auto key_exchanges =
    "curve25519-sha256,curve25519-sha256@libssh.org,ecdh-sha2-nistp256,ecdh-sha2-nistp384,ecdh-sha2-nistp521,"
    "diffie-hellman-group-exchange-sha256,diffie-hellman-group16-sha512,diffie-hellman-group18-sha512,"
    "diffie-hellman-group14-sha256";
constexpr auto ciphers = "aes128-ctr,aes256-ctr,aes192-ctr";
constexpr auto macs = "hmac-sha2-256,hmac-sha2-512,hmac-sha2-256-etm@openssh.com,hmac-sha2-512-etm@openssh.com";
/// How often the end of a session that is hung up may ask to be called again.
constexpr int most_farewells = 100;

ErrorKind kind_of(long code) noexcept {
  switch (code) {
    case LIBSSH2_ERROR_SOCKET_NONE:
    case LIBSSH2_ERROR_SOCKET_SEND:
    case LIBSSH2_ERROR_SOCKET_RECV:
    case LIBSSH2_ERROR_SOCKET_DISCONNECT:
    case LIBSSH2_ERROR_BANNER_RECV:
    case LIBSSH2_ERROR_BANNER_SEND:
    case LIBSSH2_ERROR_CHANNEL_CLOSED:
    case LIBSSH2_ERROR_CHANNEL_EOF_SENT:
      return ErrorKind::unreachable;
    case LIBSSH2_ERROR_TIMEOUT:
    case LIBSSH2_ERROR_SOCKET_TIMEOUT:
      return ErrorKind::timeout;
    case LIBSSH2_ERROR_AUTHENTICATION_FAILED:
    case LIBSSH2_ERROR_PUBLICKEY_UNVERIFIED:
    case LIBSSH2_ERROR_PASSWORD_EXPIRED:
    case LIBSSH2_ERROR_METHOD_NONE:
      return ErrorKind::permission;
    case LIBSSH2_ERROR_FILE:
      return ErrorKind::config;
    default:
      return ErrorKind::protocol;
  }
}

short events_of(int directions) noexcept {
  int events = 0;
  if ((directions & LIBSSH2_SESSION_BLOCK_INBOUND) != 0) events |= POLLIN;
  if ((directions & LIBSSH2_SESSION_BLOCK_OUTBOUND) != 0) events |= POLLOUT;
  return static_cast<short>(events == 0 ? POLLIN : events);
}

}  // namespace

std::string SshPeer::text() const {
  return user + "@" + host_and_port(host, port);
}

SshSession::SshSession(SshPeer peer, SshOptions options, Fd fd, LIBSSH2_SESSION* session) noexcept
    : peer_(std::move(peer)), options_(std::move(options)), fd_(std::move(fd)), session_(session) {}

SshSession::~SshSession() {
  hang_up();
  for (int i = 0; i < most_farewells && ::libssh2_session_free(session_) == LIBSSH2_ERROR_EAGAIN; ++i) {
  }
}

void SshSession::hang_up() noexcept {
  ::shutdown(fd_.get(), SHUT_RDWR);
}

Result<long> SshSession::drive(const std::function<long()>& call, const Context& context) {
  while (true) {
    FO_TRY(context.check());
    const long code = call();
    if (code != LIBSSH2_ERROR_EAGAIN) return code;
    const auto events = events_of(::libssh2_session_block_directions(session_));
    FO_TRY(wait_for_socket(fd_.get(), events, options_.stall_timeout, peer_.text(), context));
  }
}

Error SshSession::error_of(long code, std::string_view work) const {
  char* message = nullptr;
  const int last = ::libssh2_session_last_error(session_, &message, nullptr, 0);
  const std::string why = last == code && message != nullptr && *message != '\0' ? message : "libssh2 error";
  return {kind_of(code), fmt::format("{}: {} ({})", work, why, code)};
}

Result<void> SshSession::handshake(const Context& context) {
  const auto host_keys = FO_TRY(HostKeys::load(options_.known_hosts, peer_));
  const auto types = host_keys.preferred_types();
  for (const auto& [method, names] :
       {std::pair{LIBSSH2_METHOD_HOSTKEY, types.c_str()}, std::pair{LIBSSH2_METHOD_KEX, key_exchanges},
        std::pair{LIBSSH2_METHOD_CRYPT_CS, ciphers}, std::pair{LIBSSH2_METHOD_CRYPT_SC, ciphers},
        std::pair{LIBSSH2_METHOD_MAC_CS, macs}, std::pair{LIBSSH2_METHOD_MAC_SC, macs}}) {
    const int code = ::libssh2_session_method_pref(session_, method, names);
    if (code != 0) return std::unexpected(error_of(code, "cannot set the SSH methods"));
  }
  const auto code = FO_TRY(drive([&] { return ::libssh2_session_handshake(session_, fd_.get()); }, context));
  if (code == LIBSSH2_ERROR_KEX_FAILURE || code == LIBSSH2_ERROR_KEY_EXCHANGE_FAILURE) {
    return fail(ErrorKind::protocol,
                "the server has no host key or cipher that is accepted here, most likely only an RSA host key; make an "
                "ed25519 one there (ssh-keygen -A as root, then restart its sshd) and add it to known_hosts");
  }
  if (code != 0) return std::unexpected(error_of(code, "the SSH handshake failed"));
  std::size_t length = 0;
  int type = 0;
  const char* key = ::libssh2_session_hostkey(session_, &length, &type);
  if (key == nullptr) return fail(ErrorKind::protocol, "the server gave no host key");
  return host_keys.check(std::string_view(key, length));
}

Result<std::unique_ptr<SshSession>> SshSession::connect(const SshPeer& peer, const SshOptions& options,
                                                        const Context& context) {
  Fd fd = FO_TRY(tcp_connect(peer.host, peer.port, options.stall_timeout, context));
  LIBSSH2_SESSION* raw = ::libssh2_session_init_ex(nullptr, nullptr, nullptr, nullptr);
  if (raw == nullptr) return fail(ErrorKind::internal, "cannot make an SSH session");
  std::unique_ptr<SshSession> session(new SshSession(peer, options, std::move(fd), raw));
  ::libssh2_session_set_blocking(raw, 0);
  // Not before the host key is known to be the server's does it learn anything of us.
  FO_TRY(while_doing("connecting to " + peer.text(), session->handshake(context)));
  FO_TRY(while_doing("logging in to " + peer.text(), log_in(*session, peer.user, options, context)));
  return session;
}

}  // namespace failover
