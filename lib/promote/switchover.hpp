#pragma once

#include <optional>
#include <string>
#include <string_view>

#include <failover/context.hpp>
#include <failover/error.hpp>
#include <failover/promoter.hpp>

#include "promote/work.hpp"
#include "state/role_file.hpp"
#include "state/state_dir.hpp"

namespace failover {

/// Everything that a switchover can do before anything is touched: what speaks against it is found out first, then the
/// active host makes a backup, and that one is restored here. Without the host's lock, which the restore needs.
Result<void> prepare_switchover(const PromotionSettings& settings, PromotionParts& parts, const StateDir& state,
                                const Context& context);

/// The node that served when this switchover began; empty in a failover.
std::string switched_from(const PromotionWork& work);
/// Whether it is this one.
bool is_switched_from(const PromotionWork& work, std::string_view node);

/// The old host has stopped: what it wrote since the backup is brought over, by the same hooks. Nothing in a failover.
Result<void> bring_last_changes(PromotionWork& work);

/// A switchover failed before its commit: the old host serves again. The record goes to it, the journal ends as
/// withdrawn, it is told to start and seen up.
/// @return its name; an error of kind refused where this is no such case
Result<std::string> give_back_to_old(PromotionWork& work, const RoleRecord& role_before, const Context& context);

}  // namespace failover
