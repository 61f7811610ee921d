#include "net/ssh_agent.hpp"

#include <cerrno>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <poll.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <failover/context.hpp>
#include <failover/error.hpp>

#include "core/fd.hpp"
#include "core/system_error.hpp"
#include "net/known_hosts.hpp"
#include "net/socket_wait.hpp"
#include "net/ssh_signer.hpp"
#include "net/ssh_wire.hpp"

namespace failover {

namespace {

constexpr std::uint8_t request_identities = 11;
constexpr std::uint8_t identities_answer = 12;
constexpr std::uint8_t sign_request = 13;
constexpr std::uint8_t sign_response = 14;
constexpr std::uint32_t flag_rsa_sha2_512 = 4;
constexpr std::size_t answer_limit = std::size_t{256} * 1024;
constexpr std::uint32_t most_keys = 100;
/// It may ask a person to confirm.
constexpr std::chrono::seconds patience{20};

Result<void> send_all(int fd, std::string_view bytes, const Context& context) {
  while (!bytes.empty()) {
    const auto count = ::send(fd, bytes.data(), bytes.size(), MSG_NOSIGNAL);
    if (count < 0 && errno == EINTR) continue;
    if (count < 0 && errno != EAGAIN) return fail_errno("cannot write to ssh-agent");
    if (count < 0) {
      FO_TRY(wait_for_socket(fd, POLLOUT, patience, "ssh-agent", context));
      continue;
    }
    bytes.remove_prefix(static_cast<std::size_t>(count));
  }
  return {};
}

Result<std::string> receive(int fd, std::size_t size, const Context& context) {
  std::string bytes(size, '\0');
  std::size_t done = 0;
  while (done < size) {
    const auto count = ::recv(fd, bytes.data() + done, size - done, 0);
    if (count < 0 && errno == EINTR) continue;
    if (count < 0 && errno != EAGAIN) return fail_errno("cannot read from ssh-agent");
    if (count == 0) return fail(ErrorKind::protocol, "ssh-agent closed the connection");
    if (count < 0) {
      FO_TRY(wait_for_socket(fd, POLLIN, patience, "ssh-agent", context));
      continue;
    }
    done += static_cast<std::size_t>(count);
  }
  return bytes;
}

}  // namespace

class SshAgent::Signer : public SshSigner {
 public:
  Signer(SshAgent& agent, const std::string& key, const Context& context)
      : agent_(agent), key_(key), announced_(with_sha512(key)), context_(context) {}

  [[nodiscard]] const std::string& public_key() const noexcept override { return announced_; }

  Result<std::string> sign(std::string_view data) override {
    std::string message(1, static_cast<char>(sign_request));
    put_string(message, key_);
    put_string(message, data);
    put_uint32(message, flag_rsa_sha2_512);  // has a meaning for RSA keys only
    const auto answer = FO_TRY(agent_.ask(message, sign_response, context_));
    const auto signature = SshReader(answer).string();
    SshReader parts(signature.value_or(std::string_view{}));
    const auto algorithm = parts.string();
    const auto bytes = parts.string();
    if (!algorithm || !bytes || *algorithm != key_type(announced_)) {
      return fail(ErrorKind::protocol, "ssh-agent did not sign as it was asked to");
    }
    return std::string(*bytes);
  }

 private:
  SshAgent& agent_;
  std::string key_;
  std::string announced_;
  Context context_;
};

Result<std::unique_ptr<SshAgent>> SshAgent::connect(const Context& context) {
  const char* place = std::getenv("SSH_AUTH_SOCK");
  if (place == nullptr || *place == '\0') return nullptr;
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  if (std::strlen(place) >= sizeof address.sun_path) return fail(ErrorKind::config, "SSH_AUTH_SOCK is too long");
  std::strncpy(address.sun_path, place, sizeof address.sun_path - 1);
  Fd fd(::socket(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0));
  if (!fd) return fail_errno("cannot make a socket");
  FO_TRY(context.check());
  // For a local socket the answer is there at once: EAGAIN means that the agent does not accept.
  if (::connect(fd.get(), reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0) {
    return fail_errno(std::string("cannot reach ssh-agent at ") + place);
  }
  return std::unique_ptr<SshAgent>(new SshAgent(std::move(fd)));
}

Result<std::string> SshAgent::ask(std::string_view message, std::uint8_t expected, const Context& context) {
  std::string framed;
  put_string(framed, message);
  FO_TRY(send_all(fd_.get(), framed, context));
  const auto head = FO_TRY(receive(fd_.get(), 4, context));
  const auto size = SshReader(head).uint32().value_or(0);
  if (size == 0 || size > answer_limit) return fail(ErrorKind::protocol, "ssh-agent's answer has an absurd size");
  auto answer = FO_TRY(receive(fd_.get(), size, context));
  if (static_cast<std::uint8_t>(answer.front()) != expected) {
    return fail(ErrorKind::permission, "ssh-agent refuses");
  }
  answer.erase(0, 1);
  return answer;
}

Result<std::vector<std::string>> SshAgent::keys(const Context& context) {
  const auto answer = FO_TRY(ask(std::string(1, static_cast<char>(request_identities)), identities_answer, context));
  SshReader reader(answer);
  const auto count = reader.uint32().value_or(0);
  std::vector<std::string> keys;
  for (std::uint32_t i = 0; i < count && i < most_keys; ++i) {
    const auto key = reader.string();
    const auto comment = reader.string();
    if (!key || !comment) return fail(ErrorKind::protocol, "ssh-agent's list of keys is malformed");
    keys.emplace_back(*key);
  }
  return keys;
}

std::unique_ptr<SshSigner> SshAgent::signer(const std::string& key, const Context& context) {
  return std::make_unique<Signer>(*this, key, context);
}

}  // namespace failover
