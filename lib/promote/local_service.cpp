#include "promote/local_service.hpp"

#include <algorithm>
#include <chrono>
#include <expected>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include <failover/context.hpp>
#include <failover/error.hpp>
#include <failover/observer.hpp>
#include <failover/promoter.hpp>

#include "core/child_process.hpp"
#include "core/pause.hpp"
#include "promote/hook.hpp"

namespace failover {

namespace {

constexpr Duration between_looks = std::chrono::milliseconds(100);
/// How long systemd may take to say how a unit is.
constexpr Duration look_limit = std::chrono::seconds(20);

/// The value of NAME=VALUE in a line of its own.
std::string property(std::string_view text, std::string_view name) {
  while (!text.empty()) {
    const auto line = text.substr(0, text.find('\n'));
    text.remove_prefix(std::min(line.size() + 1, text.size()));
    if (line.size() > name.size() && line.starts_with(name) && line[name.size()] == '=') {
      return std::string(line.substr(name.size() + 1));
    }
  }
  return {};
}

const Observation* first_that_is_not(const std::vector<Observation>& seen, Health wanted) {
  const auto found =
      std::ranges::find_if(seen, [wanted](const Observation& each) { return !each.health || *each.health != wanted; });
  return found == seen.end() ? nullptr : &*found;
}

}  // namespace

Result<void> LocalService::can_be_stopped() const {
  if (settings_.units.empty() && !settings_.stop_hook) {
    return fail(ErrorKind::config, "nothing says how the service is stopped on this host; add --unit or --stop-hook");
  }
  if (settings_.units.empty() && settings_.self_probes.empty()) {
    return fail(ErrorKind::config,
                "nothing would prove that the service has stopped on this host; add --self-probe TARGET");
  }
  return {};
}

Result<void> LocalService::stop(const HookCall& call, const Context& context) {
  if (settings_.stop_hook) FO_TRY(run_hook(settings_, state_, *settings_.stop_hook, call, context));
  return systemctl("stop", context);
}

Result<void> LocalService::mask(const Context& context) {
  return systemctl("mask", context);
}

Result<void> LocalService::unmask(const Context& context) {
  return systemctl("unmask", context);
}

Result<void> LocalService::start(const HookCall& call, const Context& context) {
  if (settings_.start_hook) return run_hook(settings_, state_, *settings_.start_hook, call, context);
  return systemctl("start", context);
}

Result<void> LocalService::systemctl(const std::string& verb, const Context& context) {
  if (settings_.units.empty()) return {};
  ChildCommand command;
  command.argv = {settings_.systemctl.string(), verb, "--"};
  command.argv.insert(command.argv.end(), settings_.units.begin(), settings_.units.end());
  command.limit = settings_.hook_timeout;
  const auto result = FO_TRY(run_on_record(state_, std::move(command), context));
  if (result.ok()) return {};
  return fail(ErrorKind::io,
              fmt::format("systemctl {} ended with {}: {}", verb, result.how_it_ended(), last_words(result.errors)));
}

Result<std::string> LocalService::state_of(const std::string& unit, const Context& context) const {
  ChildCommand command;
  command.argv = {settings_.systemctl.string(), "show", "--property=LoadState,ActiveState", "--", unit};
  command.limit = look_limit;
  const auto result = FO_TRY(while_doing("asking systemd for " + unit, run_child(command, context)));
  auto active = property(result.output, "ActiveState");
  if (!result.ok() || active.empty()) {
    return fail(ErrorKind::io, fmt::format("systemd does not say how {} is ({}): {}", unit, result.how_it_ended(),
                                           last_words(result.errors)));
  }
  // systemd calls a unit inactive that it has never heard of.
  if (property(result.output, "LoadState") == "not-found") {
    return fail(ErrorKind::config, fmt::format("there is no unit {} on this host; mend --unit", unit));
  }
  return active;
}

Result<std::string> LocalService::what_runs(const Context& context) {
  for (const auto& unit : settings_.units) {
    const auto state = FO_TRY(state_of(unit, context));
    if (state != "inactive" && state != "failed") return fmt::format("{} is {}", unit, state);
  }
  if (settings_.self_probes.empty()) return std::string();
  const auto seen = self_observer_.observe(settings_.self_probes, context);
  FO_TRY(context.check());
  if (seen.size() != settings_.self_probes.size()) return std::string("a self-probe was not made");
  const auto* heard = first_that_is_not(seen, Health::down);
  if (heard == nullptr) return std::string();
  return fmt::format("{} is {}", heard->target.text, to_string(heard->health));
}

Result<void> LocalService::await_stopped(const Context& context) {
  const auto limited = context.within(settings_.hook_timeout);
  std::string seen;
  while (true) {
    auto running = what_runs(limited);
    // The time may be up in the middle of a look: what was seen last is what stands in the way.
    const bool cut_short = !running && running.error().kind == ErrorKind::timeout && !seen.empty();
    if (!running && !cut_short) return std::unexpected(running.error());
    if (running) seen = std::move(*running);
    if (seen.empty()) return {};
    FO_TRY(while_doing("the service does not end here: " + seen, pause_between_tries(between_looks, limited)));
  }
}

Result<std::string> LocalService::what_is_missing(const Context& context) {
  const auto& probes = settings_.self_probes;
  if (!probes.empty()) {
    const auto seen = self_observer_.observe(probes, context);
    const auto* missing = first_that_is_not(seen, Health::up);
    if (missing != nullptr) return fmt::format("{} is {}", missing->target.text, to_string(missing->health));
    return seen.size() == probes.size() ? std::string() : std::string("a self-probe is unknown");
  }
  for (const auto& unit : settings_.units) {
    const auto state = FO_TRY(state_of(unit, context));
    if (state != "active") return fmt::format("{} is {}", unit, state);
  }
  return std::string();
}

Result<void> LocalService::await_up(const Context& context) {
  const auto limited = context.within(settings_.hook_timeout);
  while (true) {
    const auto missing = FO_TRY(what_is_missing(limited));
    if (missing.empty()) return {};
    const auto paused = pause_between_tries(between_looks, limited);
    if (!paused) return fail(paused.error().kind, "the service does not answer here: " + missing);
  }
}

}  // namespace failover
