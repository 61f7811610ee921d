#include "promote/synchronisation.hpp"

#include <chrono>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include <fmt/format.h>

#include <failover/context.hpp>
#include <failover/error.hpp>
#include <failover/promoter.hpp>

#include "core/clock.hpp"
#include "core/pause.hpp"
#include "promote/data_hook.hpp"
#include "state/restored_generation.hpp"
#include "state/state_dir.hpp"

namespace failover {

namespace {

constexpr Duration between_looks = std::chrono::seconds(1);
/// Clocks of the two hosts differ a little, and the time of a backup is a whole second.
constexpr auto clock_slack = std::chrono::seconds(5);

std::string_view name_of(SyncPhase phase) noexcept {
  switch (phase) {
    case SyncPhase::before:
      return "before";
    case SyncPhase::last:
      return "last";
    case SyncPhase::rejoin:
      return "rejoin";
  }
  return "before";
}

Result<std::optional<WallTime>> restored_time(const StateDir& state) {
  const auto generation = FO_TRY(read_restored_generation(state));
  if (!generation) return std::nullopt;
  return generation->backup_time;
}

}  // namespace

Result<std::optional<WallTime>> synchronise(const PromotionSettings& settings, const StateDir& state, SyncPhase phase,
                                            const Context& context) {
  if (!settings.sync_hook) return std::nullopt;
  FO_TRY(run_data_hook(settings, state, *settings.sync_hook, "sync", name_of(phase), HostLock::not_held, context));
  return restored_time(state);
}

Result<WallTime> bring_over(const PromotionSettings& settings, const StateDir& state, SyncPhase phase,
                            const Context& context) {
  const auto begun = std::chrono::system_clock::now();
  if (settings.backup_hook) {
    FO_TRY(
        run_data_hook(settings, state, *settings.backup_hook, "backup", name_of(phase), HostLock::not_held, context));
  }
  const auto limited = context.within(settings.hook_timeout);
  while (true) {
    if (settings.sync_hook) FO_TRY(synchronise(settings, state, phase, limited));
    const auto time = FO_TRY(restored_time(state));
    if (time && *time >= begun - clock_slack) return *time;
    FO_TRY(while_doing(time ? fmt::format("no backup newer than {} was restored here, the newest is of {}",
                                          rfc3339(begun), rfc3339(*time))
                            : std::string("nothing was restored here"),
                       pause_between_tries(between_looks, limited)));
  }
}

Result<void> bring_last(const PromotionSettings& settings, const StateDir& state, const Context& context) {
  const auto before = FO_TRY(restored_time(state));
  for (const auto& [file, name] : {std::pair{settings.backup_hook, "backup"}, std::pair{settings.sync_hook, "sync"}}) {
    if (file) FO_TRY(run_data_hook(settings, state, *file, name, name_of(SyncPhase::last), HostLock::lend, context));
  }
  const auto after = FO_TRY(restored_time(state));
  if (FO_TRY(restore_in_progress(state))) {
    return fail(ErrorKind::io, "the sync-hook left a restore half done; type: fo-restore --recover");
  }
  if (!before || (after && *after >= *before)) return {};
  return fail(ErrorKind::io, "what is restored here is older than before");
}

}  // namespace failover
