#pragma once

#include <string>

#include <failover/context.hpp>
#include <failover/error.hpp>

#include "net/ssh_session.hpp"

namespace failover {

/// How a command on the other side ended.
struct SshCommandResult {
  int exit_status = 0;  ///< 0 also where the server told none: no proof of anything by itself
  std::string signal;   ///< that ended it, without "SIG"; empty = none
  std::string output;   ///< its stdout
  std::string errors;   ///< its stderr
};

/// Runs one command by an exec request (RFC 4254 section 6.5) in a channel of its own and waits for its end. What is
/// run is the server's decision where the key has a forced command. Kind protocol when it says more than 64 KiB. After
/// an error the session is of no more use.
Result<SshCommandResult> run_over_ssh(SshSession& session, const std::string& command, const Context& context);

}  // namespace failover
