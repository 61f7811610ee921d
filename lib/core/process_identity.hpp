#pragma once

#include <cstdint>
#include <string>

#include <sys/types.h>

#include <failover/error.hpp>

#include "core/fd.hpp"

namespace failover {

/// A process that no later one with its number can be taken for: when it started (clock ticks since the boot, proc(5))
/// and in which boot.
struct ProcessIdentity {
  pid_t pid = 0;
  std::uint64_t started = 0;
  std::string boot;

  bool operator==(const ProcessIdentity&) const = default;
};

/// kind not_found when there is no such process.
Result<ProcessIdentity> identity_of(pid_t pid);

/// A descriptor of exactly that process, which stays its own whatever becomes of the number. kind not_found when it
/// has ended.
Result<Fd> pin_process(const ProcessIdentity& identity);

/// Sends it a signal. Nothing happens when it has ended meanwhile.
Result<void> signal_pinned(const Fd& process, int number);

}  // namespace failover
