#pragma once

#include <string>

#include <failover/context.hpp>
#include <failover/error.hpp>

namespace failover {

class SshSession;
struct SshOptions;

/// Proves to the server that we are `user`: by the identity file, else by the password file, else by ssh-agent and the
/// unencrypted keys in ~/.ssh. The message of a failure says what was tried.
Result<void> log_in(SshSession& session, const std::string& user, const SshOptions& options, const Context& context);

}  // namespace failover
