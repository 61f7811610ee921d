#pragma once

#include <failover/error.hpp>

namespace failover::cli {

/// The exit status of fo-fetch, fo-restore and fo-promote for an error (the man pages' table).
/// @param signal_number the signal that asked us to stop, for errors of kind cancelled.
int exit_status(ErrorKind kind, int signal_number) noexcept;

constexpr int status_done = 0;
constexpr int status_warning = 3;

}  // namespace failover::cli
