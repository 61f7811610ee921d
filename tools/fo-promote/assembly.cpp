#include "fo-promote/assembly.hpp"

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <cstdint>
#include <filesystem>
#include <limits>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <system_error>
#include <utility>
#include <vector>

#include <fmt/format.h>
#include <unistd.h>

#include <failover/arbiter.hpp>
#include <failover/context.hpp>
#include <failover/dns.hpp>
#include <failover/error.hpp>
#include <failover/observer.hpp>
#include <failover/promoter.hpp>
#include <failover/registry.hpp>

#include "cli/session.hpp"
#include "fo-promote/nodes.hpp"
#include "fo-promote/options.hpp"

namespace failover::promote_tool {

namespace {

/// One argument as a person may type it again.
std::string quoted(const std::string& argument) {
  const auto plain = [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
           std::string_view("-_./:=@,+%").contains(c);
  };
  if (!argument.empty() && std::ranges::all_of(argument, plain)) return argument;
  std::string text = "'";
  for (const char c : argument) text += c == '\'' ? std::string("'\\''") : std::string(1, c);
  return text + "'";
}

/// The command line with another verb; no secret can stand in it (property secret).
std::string command_with(const PromoteOptions& options, std::string_view verb) {
  auto arguments = options.command_line;
  const auto is_verb = [](const std::string& text) {
    return text == "run" || text == "resume" || text == "abort" || text == "plan" || text == "status" ||
           text == "adopt" || text == "guard" || text == "serve-fence" || text == "rejoin" || text == "give-back" ||
           text == "demote" || text == "pause" || text == "ready" || text == "drill";
  };
  const auto given = std::ranges::find_if(arguments, is_verb);
  const auto behind = given == arguments.end() ? given : arguments.erase(given);
  // Whoever names the node of give-back writes it behind the command.
  if (options.verb == Verb::give_back && behind != arguments.end() && *behind == options.give_back_to) {
    arguments.erase(behind);
  }
  // Whoever types the command is a person.
  std::erase_if(arguments, [](const auto& text) { return text == "--unattended" || text == "--boot"; });
  std::string command = "fo-promote " + std::string(verb);
  for (const auto& argument : arguments) command += " " + quoted(argument);
  return command;
}

Result<std::vector<Target>> parse_targets(const std::vector<std::string>& texts) {
  std::vector<Target> targets;
  targets.reserve(texts.size());
  for (const auto& text : texts) targets.push_back(FO_TRY(parse_target(text)));
  return targets;
}

Result<std::optional<std::filesystem::path>> hook(std::string_view option, const std::string& file) {
  if (file.empty()) return std::nullopt;
  std::filesystem::path path(file);
  if (!path.is_absolute()) return fail(ErrorKind::config, fmt::format("{} {} must be an absolute path", option, file));
  if (::access(path.c_str(), X_OK) != 0) {
    return fail(ErrorKind::config, fmt::format("{} {} cannot be run: {}", option, file,
                                               std::error_code(errno, std::generic_category()).message()));
  }
  return path;
}

/// The names go to systemctl: none may be read as an option, a path or a pattern.
Result<std::vector<std::string>> checked_units(const std::vector<std::string>& names) {
  for (const auto& name : names) {
    const auto plain = [](char c) {
      return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
             std::string_view(":-_.@\\").contains(c);
    };
    if (!name.empty() && name.front() != '-' && std::ranges::all_of(name, plain)) continue;
    return fail(ErrorKind::config, fmt::format("--unit '{}' is not the name of a unit, like kamailio.service", name));
  }
  return names;
}

/// How the service is started and stopped on this host.
Result<void> fill_local_service(PromotionSettings& settings, const PromoteOptions& options) {
  settings.self_probes = FO_TRY(parse_targets(options.self_probes));
  settings.start_hook = FO_TRY(hook("--start-hook", options.start_hook));
  settings.stop_hook = FO_TRY(hook("--stop-hook", options.stop_hook));
  settings.units = FO_TRY(checked_units(options.units));
  settings.hook_timeout = options.hook_timeout;
  settings.run_dir = options.run_dir;
  if (settings.units.empty()) return {};
  const auto systemctl = FO_TRY(hook("--systemctl", options.systemctl));
  if (!systemctl) return fail(ErrorKind::config, "--systemctl is empty; it is an absolute path");
  settings.systemctl = *systemctl;
  return {};
}

/// Whoever watches the service's name or his own address would watch himself after the failover.
Result<void> refuse_own(const Peer& peer, const std::vector<Target>& probes, const PromotionSettings& settings) {
  for (const auto& probe : probes) {
    const bool own = probe.host == settings.service || std::ranges::find(settings.to, probe.host) != settings.to.end();
    if (own) {
      return fail(ErrorKind::config,
                  fmt::format("the probe {} of {} asks this very host; name the other node's own address", probe.text,
                              peer.name));
    }
  }
  return {};
}

Result<PromotionPeer> make_peer(const Peer& peer, const PromotionSettings& settings) {
  PromotionPeer made;
  made.name = peer.name;
  made.addresses = peer.addresses;
  made.probes = FO_TRY(parse_targets(peer.probes));
  FO_TRY(refuse_own(peer, made.probes, settings));
  for (const auto& spec : peer.fencers) {
    made.fencers.push_back(FO_TRY(while_doing("the fencer of " + peer.name, make_fencer(spec, peer.word))));
  }
  return made;
}

Result<void> fill_settings(PromotionSettings& settings, const PromoteOptions& options, const Cast& cast) {
  settings.node = cast.node;
  settings.from = FO_TRY(while_doing("--from", canonical_endpoints(options.from)));
  settings.to = options.to.empty() ? cast.addresses : FO_TRY(while_doing("--to", canonical_endpoints(options.to)));
  settings.ttl = FO_TRY(whole_seconds(options.ttl));
  settings.references = FO_TRY(parse_targets(options.references));
  FO_TRY(fill_local_service(settings, options));
  settings.tries = options.tries;
  settings.tries_interval = options.tries_interval;
  settings.pre_hook = FO_TRY(hook("--pre-hook", options.pre_hook));
  settings.post_hook = FO_TRY(hook("--post-hook", options.post_hook));
  settings.switchover = options.switchover;
  settings.backup_hook = FO_TRY(hook("--backup-hook", options.backup_hook));
  settings.sync_hook = FO_TRY(hook("--sync-hook", options.sync_hook));
  settings.warn_backup_age = options.warn_backup_age;
  settings.max_backup_age = options.max_backup_age;
  settings.allow_stale_backup = options.allow_stale_backup;
  settings.min_uptime = options.min_uptime;
  settings.observer_policy = {.quorum = options.quorum, .max_age = options.observer_max_age};
  settings.assume_was_up = options.assume_was_up;
  if (!options.until.empty()) settings.until = FO_TRY(while_doing("--until", parse_promotion_step(options.until)));
  return {};
}

Result<PromotionSettings> base_settings(const PromoteOptions& options, const cli::Session& session) {
  if (options.service.empty()) return fail(ErrorKind::usage, "which service? Add --service FQDN");
  // It names files and keys, too.
  if (options.service.contains('/')) return fail(ErrorKind::usage, "--service is a name, without '/'");
  PromotionSettings settings;
  settings.service = options.service;
  settings.state_dir = session.state_dir;
  settings.resume_command = command_with(options, "resume");
  settings.abort_command = command_with(options, "abort");
  settings.give_back_command = command_with(options, "give-back");
  return settings;
}

Result<std::vector<std::unique_ptr<Notifier>>> make_notifiers(const PromoteOptions& options) {
  std::vector<std::unique_ptr<Notifier>> notifiers;
  notifiers.reserve(options.notify.size());
  for (const auto& spec : options.notify) notifiers.push_back(FO_TRY(while_doing("--notify", make_notifier(spec))));
  return notifiers;
}

std::string epoch_record(const PromoteOptions& options) {
  return options.epoch_record.empty() ? "_failover." + options.service : options.epoch_record;
}

/// The mark may stand in several views; one of them decides: where --epoch-dns has it, else the first --dns.
Result<std::unique_ptr<Arbiter>> make_the_arbiter(const PromoteOptions& options, bool attended) {
  ArbiterOptions wanted{.attended = attended, .only_standby = options.only_standby, .service = options.service};
  if (options.arbiter == "dns") {
    if (options.service.empty()) return fail(ErrorKind::usage, "which service? Add --service FQDN");
    if (options.dns.empty()) return fail(ErrorKind::usage, "where does the name live? Add --dns UPDATER");
    const auto& url = options.epoch_dns.empty() ? options.dns.front() : options.epoch_dns;
    wanted.mark = FO_TRY(while_doing("--arbiter dns", make_dns_view(url, {}, epoch_record(options)))).updater;
  }
  return make_arbiter(options.arbiter, wanted);
}

}  // namespace

PromotionParts Assembly::parts() {
  return {*observer,           *self_observer, *arbiter, std::move(peers), std::move(views), std::move(observers),
          std::move(notifiers)};
}

Result<std::chrono::seconds> whole_seconds(Duration ttl) {
  const auto seconds = std::chrono::duration_cast<std::chrono::seconds>(ttl);
  if (seconds != ttl || seconds.count() < 1 || seconds.count() > std::numeric_limits<std::int32_t>::max()) {
    return fail(ErrorKind::usage, "--ttl must be whole seconds, at least one (RFC 2181 section 8)");
  }
  return seconds;
}

Result<std::vector<DnsView>> make_views(const PromoteOptions& options) {
  if (options.service.empty()) return fail(ErrorKind::usage, "which service? Add --service FQDN");
  if (options.dns.empty()) return fail(ErrorKind::usage, "where does the name live? Add --dns UPDATER");
  std::vector<DnsView> views;
  views.reserve(options.dns.size());
  for (const auto& url : options.dns) {
    views.push_back(FO_TRY(make_dns_view(url, options.service, epoch_record(options), options.epoch_dns)));
  }
  return views;
}

Result<Assembly> assemble(const PromoteOptions& options, const cli::Session& session, bool attended) {
  Assembly assembly;
  auto& settings = assembly.settings;
  settings = FO_TRY(base_settings(options, session));
  settings.attended = attended;
  const auto cast = FO_TRY(cast_nodes(session.nodes, options, machine_id_of_this_host()));
  FO_TRY(fill_settings(settings, options, cast));
  for (const auto& peer : cast.peers) assembly.peers.push_back(FO_TRY(make_peer(peer, settings)));
  assembly.views = FO_TRY(make_views(options));
  assembly.notifiers = FO_TRY(make_notifiers(options));
  for (const auto& url : options.observers) {
    assembly.observers.push_back(FO_TRY(while_doing("--observer", make_witnesses(url, {}))));
  }
  assembly.arbiter = FO_TRY(make_the_arbiter(options, attended));
  ProbeOptions probing;
  probing.timeout = options.probe_timeout;
  assembly.self_observer = FO_TRY(make_observer(probing));
  probing.refuse_own = true;
  probing.own_addresses = settings.to;
  assembly.observer = FO_TRY(make_observer(probing));
  return assembly;
}

Result<Assembly> assemble_for_abort(const PromoteOptions& options, const cli::Session& session) {
  Assembly assembly;
  assembly.settings.service = options.service;
  assembly.settings.state_dir = session.state_dir;
  assembly.settings.resume_command = command_with(options, "resume");
  assembly.settings.abort_command = command_with(options, "abort");
  assembly.arbiter = FO_TRY(make_the_arbiter(options, true));
  assembly.notifiers = FO_TRY(make_notifiers(options));
  return assembly;
}

Result<Assembly> assemble_for_guard(const PromoteOptions& options, const cli::Session& session) {
  Assembly assembly;
  assembly.settings = FO_TRY(base_settings(options, session));
  assembly.settings.node = FO_TRY(cast_nodes(session.nodes, options, machine_id_of_this_host())).node;
  assembly.arbiter = FO_TRY(make_the_arbiter(options, false));
  return assembly;
}

Result<Assembly> assemble_for_fence(const PromoteOptions& options, const cli::Session& session) {
  Assembly assembly;
  assembly.settings = FO_TRY(base_settings(options, session));
  const auto cast = FO_TRY(cast_nodes(session.nodes, options, machine_id_of_this_host()));
  assembly.settings.node = cast.node;
  assembly.settings.to = cast.addresses;
  FO_TRY(fill_local_service(assembly.settings, options));
  ProbeOptions probing;
  probing.timeout = options.probe_timeout;
  assembly.self_observer = FO_TRY(make_observer(probing));
  return assembly;
}

Result<Assembly> assemble_for_demote(const PromoteOptions& options, const cli::Session& session, bool attended) {
  auto assembly = FO_TRY(assemble_for_fence(options, session));
  assembly.settings.attended = attended;
  assembly.arbiter = FO_TRY(make_the_arbiter(options, attended));
  assembly.demote_command = command_with(options, "demote");
  return assembly;
}

}  // namespace failover::promote_tool
