#include "promote/serving.hpp"

#include <algorithm>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <failover/context.hpp>
#include <failover/error.hpp>
#include <failover/observer.hpp>
#include <failover/promoter.hpp>

#include "promote/hook.hpp"
#include "promote/local_service.hpp"
#include "promote/work.hpp"
#include "state/role_file.hpp"

namespace failover {

namespace {

std::vector<std::string> old_addresses(const PromotionWork& work) {
  if (!work.settings.from.empty()) return work.settings.from;
  std::vector<std::string> addresses;
  for (const auto& peer : work.parts.peers)
    addresses.insert(addresses.end(), peer.addresses.begin(), peer.addresses.end());
  return addresses;
}

HookCall call_of(std::string_view name, const PromotionWork& work) {
  return {name, work.epoch, old_addresses(work), work.goes_on};
}

Result<void> run_named(PromotionWork& work, std::string_view name, const std::optional<std::filesystem::path>& file) {
  if (!file) {
    work.detail = "no hook";
    return {};
  }
  FO_TRY(run_hook(work.settings, work.state, *file, call_of(name, work), work.context));
  work.detail = file->string() + " succeeded";
  return {};
}

/// Property epoch: asked under the host's lock right before anything starts.
Result<void> role_forbids_nothing(const PromotionWork& work) {
  const auto role = FO_TRY(read_role(work.state));
  if (!role) return {};
  const bool fenced_now = role->role == Role::fenced && role->epoch >= work.epoch;
  if (role->epoch > work.epoch || fenced_now) {
    return fail(ErrorKind::conflict,
                fmt::format("superseded: this host has the role {} of epoch {}", to_string(role->role), role->epoch));
  }
  return {};
}

const Observation* first_not_up(const std::vector<Observation>& seen) {
  const auto found =
      std::ranges::find_if(seen, [](const Observation& each) { return !each.health || *each.health != Health::up; });
  return found == seen.end() ? nullptr : &*found;
}

}  // namespace

Result<void> run_pre_hook(PromotionWork& work) {
  return run_named(work, "pre", work.settings.pre_hook);
}

Result<void> start_service(PromotionWork& work) {
  FO_TRY(role_forbids_nothing(work));
  FO_TRY(work.parts.arbiter.still_ours(work.context));
  const auto& probes = work.settings.self_probes;
  // The crash may have come after the start: a service that answers is not started a second time.
  if (work.goes_on && !probes.empty() &&
      first_not_up(work.parts.self_observer.observe(probes, work.context)) == nullptr) {
    work.detail = "it answers already";
    return {};
  }
  const auto& settings = work.settings;
  LocalService service(settings, work.state, work.parts.self_observer);
  FO_TRY(service.unmask(work.context));
  FO_TRY(service.start(call_of("start", work), work.context));
  if (settings.start_hook) {
    work.detail = settings.start_hook->string() + " succeeded";
  } else {
    work.detail = settings.units.empty() ? "no hook" : fmt::format("started {}", fmt::join(settings.units, ", "));
  }
  return {};
}

Result<void> await_self_probes(PromotionWork& work) {
  const auto& probes = work.settings.self_probes;
  if (probes.empty()) {
    work.detail = "no self-probe";
    return {};
  }
  FO_TRY(LocalService(work.settings, work.state, work.parts.self_observer).await_up(work.context));
  work.detail = fmt::format("{0} of {0} up", probes.size());
  return {};
}

Result<void> run_post_hook(PromotionWork& work) {
  const auto result = run_named(work, "post", work.settings.post_hook);
  if (result) return {};
  work.warnings.push_back(result.error().message);
  work.detail = "failed";
  return {};
}

}  // namespace failover
