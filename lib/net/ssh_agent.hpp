#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <failover/context.hpp>
#include <failover/error.hpp>

#include "core/fd.hpp"
#include "net/ssh_signer.hpp"

namespace failover {

/// A client of ssh-agent (draft-miller-ssh-agent), since libssh2's own waits for the agent without any bound.
class SshAgent {
 public:
  /// The agent that SSH_AUTH_SOCK names; null when there is none.
  static Result<std::unique_ptr<SshAgent>> connect(const Context& context);

  /// The public keys it holds.
  Result<std::vector<std::string>> keys(const Context& context);
  /// Signs by one of them; both outlive the signer.
  std::unique_ptr<SshSigner> signer(const std::string& key, const Context& context);

 private:
  class Signer;
  explicit SshAgent(Fd fd) noexcept : fd_(std::move(fd)) {}
  Result<std::string> ask(std::string_view message, std::uint8_t expected, const Context& context);
  Fd fd_;
};

}  // namespace failover
