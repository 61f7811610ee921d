#pragma once

#include <chrono>
#include <cstddef>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <sys/types.h>

#include <failover/context.hpp>
#include <failover/error.hpp>

#include "core/user_account.hpp"

namespace failover {

/// A program to run: an argument vector, never a shell.
struct ChildCommand {
  std::vector<std::string> argv;  ///< argv[0] is an absolute path, or a name looked up in the clean PATH
  /// Added to the clean environment (PATH, LANG=C.UTF-8, HOME=/, nothing of ours).
  std::vector<std::pair<std::string, std::string>> environment;
  std::string input;                         ///< written to its stdin, then closed
  Duration limit = std::chrono::minutes(5);  ///< TERM to its process group after this, or at the context's deadline
  Duration grace = std::chrono::seconds(2);  ///< KILL this long after TERM (taken out of the deadline, not added)
  std::size_t output_cap = std::size_t{64} * 1024;  ///< bytes kept of each stream; the rest is read and dropped
  bool merge_output = false;                        ///< stderr goes where stdout goes
  std::optional<UserAccount> user{};                ///< who it runs as; none: who we are
  /// Called once its process exists and before it begins; when that fails, or we die in it, it never begins.
  std::function<Result<void>(pid_t)> born{};
  std::function<void(std::string_view)> heard{};  ///< all of its output as it comes, also what is beyond the cap
};

struct ChildResult {
  std::optional<int> exit_status;  ///< none when a signal ended it
  std::optional<int> signal;
  std::string output;  ///< stdout
  std::string errors;  ///< stderr
  bool truncated = false;

  [[nodiscard]] bool ok() const noexcept { return exit_status == 0; }
  /// "exit status 3" or "signal 9", for messages.
  [[nodiscard]] std::string how_it_ended() const;
};

/// Runs it in a process group of its own and waits for it. A daemon that it leaves behind keeps running and is not
/// waited for. When the limit, the deadline or a stop request comes first, the whole group is ended and the result is
/// an error of kind timeout or cancelled. A program that cannot be started is not_found or permission.
Result<ChildResult> run_child(const ChildCommand& command, const Context& context);

}  // namespace failover
