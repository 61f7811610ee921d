#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include <failover/context.hpp>
#include <failover/error.hpp>

#include "state/state_dir.hpp"

namespace failover {

/// What this host is. `promoting` stands from the first durable step of a promotion to its end: whoever finds it with
/// no run at work knows that one was interrupted.
enum class Role { standby, promoting, active, fenced };

/// "standby", "promoting", "active", "fenced".
std::string_view to_string(Role role) noexcept;

struct RoleRecord {
  Role role = Role::standby;
  std::uint64_t epoch = 0;  ///< of the promotion that gave the role; 0 = before any (property epoch)
  std::string node;         ///< this host's own name
  WallTime since;           ///< whole seconds
};

/// STATE/role, written by fo-promote only. None = no role was ever given. A file of a newer format is an error of kind
/// unfinished, a damaged one of kind integrity: neither ever reads as "no role".
Result<std::optional<RoleRecord>> read_role(const StateDir& state);

/// Replaces the file atomically and durably. Refused (kind refused) when the file holds a larger epoch.
Result<void> write_role(const StateDir& state, const RoleRecord& record);

}  // namespace failover
