#include "promote/serving.hpp"

#include <algorithm>
#include <chrono>
#include <cstddef>
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

#include "core/child_process.hpp"
#include "core/pause.hpp"
#include "promote/work.hpp"
#include "state/role_file.hpp"

namespace failover {

namespace {

constexpr Duration self_probe_interval = std::chrono::milliseconds(100);

std::string last_line(std::string_view text) {
  while (!text.empty() && (text.back() == '\n' || text.back() == '\r')) text.remove_suffix(1);
  const auto line = text.substr(text.rfind('\n') + 1);
  constexpr std::size_t longest = 200;
  return std::string(line.substr(0, longest));
}

std::vector<std::string> old_addresses(const PromotionWork& work) {
  if (!work.settings.from.empty()) return work.settings.from;
  std::vector<std::string> addresses;
  for (const auto& peer : work.parts.peers)
    addresses.insert(addresses.end(), peer.addresses.begin(), peer.addresses.end());
  return addresses;
}

Result<void> run_hook(PromotionWork& work, std::string_view name, const std::optional<std::filesystem::path>& file) {
  if (!file) {
    work.detail = "no hook";
    return {};
  }
  const auto& settings = work.settings;
  ChildCommand command;
  command.argv = {file->string()};
  command.environment = {{"FO_HOOK", std::string(name)},
                         {"FO_HOOK_SERVICE", settings.service},
                         {"FO_HOOK_NODE", settings.node},
                         {"FO_HOOK_EPOCH", std::to_string(work.epoch)},
                         {"FO_HOOK_FROM", fmt::format("{}", fmt::join(old_addresses(work), " "))},
                         {"FO_HOOK_TO", fmt::format("{}", fmt::join(settings.to, " "))},
                         {"FO_HOOK_RESUMED", work.goes_on ? "yes" : "no"},
                         {"FO_HOOK_STATE_DIR", settings.state_dir.string()}};
  command.limit = settings.hook_timeout;
  const auto result = FO_TRY(while_doing(fmt::format("the {}-hook", name), run_child(command, work.context)));
  if (!result.ok()) {
    const auto said = last_line(result.errors);
    return fail(ErrorKind::io, fmt::format("the {}-hook {} ended with {}{}{}", name, file->string(),
                                           result.how_it_ended(), said.empty() ? "" : ": ", said));
  }
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
  return run_hook(work, "pre", work.settings.pre_hook);
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
  return run_hook(work, "start", work.settings.start_hook);
}

Result<void> await_self_probes(PromotionWork& work) {
  const auto& probes = work.settings.self_probes;
  if (probes.empty()) {
    work.detail = "no self-probe";
    return {};
  }
  const auto limited = work.context.within(work.settings.hook_timeout);
  while (true) {
    const auto seen = work.parts.self_observer.observe(probes, limited);
    const auto* missing = first_not_up(seen);
    if (missing == nullptr && seen.size() == probes.size()) {
      work.detail = fmt::format("{} of {} up", seen.size(), probes.size());
      return {};
    }
    const auto paused = pause_between_tries(self_probe_interval, limited);
    if (!paused) {
      return fail(paused.error().kind, fmt::format("the service does not answer here: {} is {}",
                                                   missing == nullptr ? "a self-probe" : missing->target.text,
                                                   missing == nullptr ? "unknown" : to_string(missing->health)));
    }
  }
}

Result<void> run_post_hook(PromotionWork& work) {
  const auto result = run_hook(work, "post", work.settings.post_hook);
  if (result) return {};
  work.warnings.push_back(result.error().message);
  work.detail = "failed";
  return {};
}

}  // namespace failover
