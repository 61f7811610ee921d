#pragma once

#include <string>

#include <failover/context.hpp>
#include <failover/error.hpp>
#include <failover/observer.hpp>
#include <failover/promoter.hpp>

#include "promote/hook.hpp"
#include "state/state_dir.hpp"

namespace failover {

/// The PBX's services on this host: units of systemd, or whatever the hooks start and stop. What changes something is
/// called under the host's lock. Owns none of its references.
class LocalService {
 public:
  LocalService(const PromotionSettings& settings, const StateDir& state, Observer& self_observer) noexcept
      : settings_(settings), state_(state), self_observer_(self_observer) {}

  /// An error of kind config where nothing could stop the service, or nothing could prove that it has stopped.
  [[nodiscard]] Result<void> can_be_stopped() const;
  /// The stop-hook, then every unit. Returns when they have done it, which is no proof.
  Result<void> stop(const HookCall& call, const Context& context);
  /// Units that are masked cannot be started by anybody; nothing where there are none.
  Result<void> mask(const Context& context);
  Result<void> unmask(const Context& context);
  /// The start-hook, or else every unit.
  Result<void> start(const HookCall& call, const Context& context);

  /// One look: why the service is not stopped, or an empty text when every unit is inactive or failed and every
  /// self-probe is down. A unit that does not exist is an error, for its name may be misspelt; a probe that could not
  /// be made is no proof (property unknown-is-not-down).
  Result<std::string> what_runs(const Context& context);
  /// Looks until nothing runs any more, at most for the hooks' timeout (property effect).
  Result<void> await_stopped(const Context& context);
  /// Looks until every self-probe, or where there are none every unit, is up.
  Result<void> await_up(const Context& context);

 private:
  Result<void> systemctl(const std::string& verb, const Context& context);
  /// "active", "inactive", "failed", ..: systemd's ActiveState.
  Result<std::string> state_of(const std::string& unit, const Context& context) const;
  Result<std::string> what_is_missing(const Context& context);

  const PromotionSettings& settings_;
  const StateDir& state_;
  Observer& self_observer_;
};

}  // namespace failover
