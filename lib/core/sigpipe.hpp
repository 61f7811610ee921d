#pragma once

#include <csignal>

namespace failover {

/// While it lives, a write to a pipe whose reader is gone fails with EPIPE on this thread instead of ending us; a
/// library leaves the process's handlers alone.
class SigpipeBlocked {
 public:
  SigpipeBlocked() noexcept;
  SigpipeBlocked(const SigpipeBlocked&) = delete;
  SigpipeBlocked& operator=(const SigpipeBlocked&) = delete;
  ~SigpipeBlocked();

 private:
  sigset_t pipe_{};
  sigset_t before_{};
};

}  // namespace failover
