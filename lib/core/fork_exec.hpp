#pragma once

#include <functional>

#include <sys/types.h>

#include <failover/error.hpp>

#include "core/user_account.hpp"

namespace failover {

/// What posix_spawn cannot do: a child that becomes another user, or that begins only when somebody allows it.
struct ForkedProgram {
  const char* path = nullptr;
  char* const* argv = nullptr;
  char* const* environment = nullptr;
  int input = -1;  ///< its streams
  int output = -1;
  int errors = -1;
  const UserAccount* user = nullptr;  ///< none: it stays who we are
  /// Called once the child exists and before the program begins; should it fail, or we die in it, the program never
  /// begins.
  std::function<Result<void>(pid_t)> born;
};

/// The child has a process group of its own, every signal at its default and unblocked. As another user it has his
/// groups and no capability, permitted, inheritable or ambient, and begins in his home.
Result<pid_t> fork_exec(const ForkedProgram& program);

}  // namespace failover
