#pragma once

#include <functional>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include <sys/types.h>

#include <failover/error.hpp>

#include "core/fd.hpp"
#include "core/user_account.hpp"

namespace failover {

/// What else may be wished for a program.
struct SpawnWishes {
  const UserAccount* user = nullptr;        ///< who it runs as; none: who we are
  std::function<Result<void>(pid_t)> born;  ///< see ForkedProgram
  std::span<const int> descriptors = {};    ///< the child has them too, as 3, 4, ..; not with another user
};

/// A started program with the near ends of its three streams, all non-blocking. Destroying it kills the whole
/// process group unless reap() was called, and waits at most 50 ms for the program's end.
class SpawnedChild {
 public:
  /// @param argv argv[0] is looked up in the clean PATH when it has no slash. The environment is clean but for
  ///   `environment`; every signal is at its default and unblocked; the process group is the child's own.
  static Result<SpawnedChild> start(const std::vector<std::string>& argv,
                                    const std::vector<std::pair<std::string, std::string>>& environment,
                                    bool merge_output, const SpawnWishes& wishes = {});
  SpawnedChild(SpawnedChild&& other) noexcept;
  SpawnedChild& operator=(SpawnedChild&&) = delete;
  ~SpawnedChild();

  /// Readable once the program has ended.
  [[nodiscard]] int pidfd() const noexcept { return pidfd_.get(); }
  void signal_group(int number) const noexcept;
  /// Waits for its end. @return waitid's code (CLD_EXITED or a killed one) and status.
  std::pair<int, int> reap() noexcept;

  Fd input;
  Fd output;
  Fd errors;

 private:
  SpawnedChild(pid_t pid, Fd pidfd) noexcept : pid_(pid), pidfd_(std::move(pidfd)) {}
  pid_t pid_ = -1;
  Fd pidfd_;
};

}  // namespace failover
