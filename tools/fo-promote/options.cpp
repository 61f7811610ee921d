#include "fo-promote/options.hpp"

#include <cstddef>
#include <string>

#include <CLI/CLI.hpp>

#include "cli/option_types.hpp"
#include "fo-promote/init/init_options.hpp"

namespace failover::promote_tool {

namespace {

/// A plain 0 is the one number that needs no unit; here it is refused for what it is.
std::string above_zero(const std::string& text) {
  return text == "0" ? "the time to live must be above zero" : std::string();
}

CLI::App* verb(CLI::App& parent, PromoteOptions& options, Verb which, const std::string& name,
               const std::string& help) {
  auto* command = parent.add_subcommand(name, help);
  command->fallthrough();
  command->callback([&options, which] { options.verb = which; });
  return command;
}

void declare_init(CLI::App& app, PromoteOptions& options) {
  auto* command = verb(app, options, Verb::init, "init",
                       "Ask what a pair of hosts needs, look at each answer, and write the configuration");
  declare_init_options(*command, options);
  command->callback([&app, &options, command] {
    options.verb = Verb::init;
    note_given(app, *command, options);
  });
}

void declare_verbs(CLI::App& app, PromoteOptions& options) {
  app.require_subcommand(0, 1);
  verb(app, options, Verb::status, "status", "What this host is, and how its last promotion went (the default)");
  verb(app, options, Verb::plan, "plan",
       "Print facts and steps; exit 0 if a run could go now, else 4 with the reasons");
  verb(app, options, Verb::run, "run", "The whole promotion");
  verb(app, options, Verb::resume, "resume", "Go on with an interrupted promotion");
  verb(app, options, Verb::abort, "abort", "Withdraw an interrupted promotion before its commit");
  verb(app, options, Verb::adopt, "adopt", "Once, on the host that serves: write down that it is the active one");
  verb(app, options, Verb::demote, "demote", "The active host stops, and leaves the record");
  verb(app, options, Verb::rejoin, "rejoin", "The host that was active before: stop, and become a standby");
  verb(app, options, Verb::give_back, "give-back", "Stop here, and make NODE the active host again")
      ->add_option("peer", options.give_back_to, "The node that shall serve again")
      ->type_name("NODE");
  verb(app, options, Verb::guard, "guard", "Exit 0 if this host may start its services, else 4 with the reason");
  declare_init(app, options);
  verb(app, options, Verb::ready, "ready",
       "A monitoring plugin: what stands between now and a good failover to this host");
  verb(app, options, Verb::drill, "drill",
       "A rehearsal that changes nothing in production, with measured times and a line in the journal");
  verb(app, options, Verb::serve_fence, "serve-fence",
       "For a forced command of sshd: status, fence EPOCH, stop, mask or give-back EPOCH of this host");
  verb(app, options, Verb::pause, "pause", "Maintenance: for a while no promotion goes unattended; --off ends it");
  auto* dns = app.add_subcommand("dns", "The name alone: show it, move it, verify it, set its TTL");
  dns->fallthrough();
  dns->require_subcommand(1);
  verb(*dns, options, Verb::dns_show, "show", "What the primary and every authoritative server give");
  verb(*dns, options, Verb::dns_set, "set", "Move the addresses from --from to --to, and nothing else");
  verb(*dns, options, Verb::dns_verify, "verify",
       "Wait until every authoritative server, and every --resolver, gives the same");
  verb(*dns, options, Verb::dns_set_ttl, "set-ttl", "Give the records the time to live of --ttl, and nothing else");
}

void declare_who(CLI::App& app, PromoteOptions& options) {
  app.add_option("--service", options.service, "The name that callers use")->type_name("FQDN");
  app.add_option("--node", options.node, "Who we are (default: the node with this host's machine id)")
      ->type_name("NAME");
  app.add_option("--from", options.from, "Old address; repeatable (default: those of the other nodes)")
      ->type_name("ADDR")
      ->allow_extra_args(false);
  app.add_option("--to", options.to, "New address; repeatable (default: those of this node)")
      ->type_name("ADDR")
      ->allow_extra_args(false);
  app.add_option("--dns", options.dns, "One view of the name, rfc2136://SERVER/ZONE?key-file=F; repeatable")
      ->type_name("UPDATER")
      ->allow_extra_args(false);
  app.add_option("--epoch-record", options.epoch_record,
                 "Where the TXT with the epoch lives (default: _failover.SERVICE)")
      ->type_name("NAME");
  app.add_option("--epoch-dns", options.epoch_dns,
                 "The UPDATER that writes the epoch, when its record lives in a zone of its own")
      ->type_name("UPDATER");
  cli::add_duration(app, "--ttl", options.ttl, "Time to live of the new addresses (default 60s)")->check(above_zero);
}

void declare_dns(CLI::App& app, PromoteOptions& options) {
  cli::add_duration(app, "--max-ttl", options.max_ttl, "dns show, ready: warn of a longer time to live (default 5m)");
  app.add_option("--resolver", options.resolvers,
                 "dns: ADDR[:PORT] of a resolver to watch; only dns verify waits for it; repeatable")
      ->type_name("ADDR")
      ->allow_extra_args(false);
  app.add_flag("--canary", options.canary, "dns set, drill: move a name that nobody calls there and back");
}

void declare_readiness(CLI::App& app, PromoteOptions& options) {
  cli::add_size(app, "--min-free", options.min_free,
                "ready: so much must be free where the state directory lies (default 1GiB)");
  cli::add_duration(app, "--max-drill-age", options.max_drill_age,
                    "ready, status: warn when the last good drill is older (default 7d, once there has been one)");
  app.add_option("--restore-into", options.restore_into,
                 "drill: restore the newest backup into this directory of its own")
      ->type_name("DIR");
  app.add_option("--drill-hook", options.drill_hook,
                 "drill: program that starts what was restored there, in namespaces of its own")
      ->type_name("FILE");
  app.add_option("--skip", options.skip, "ready, drill: leave this CHECK out; repeatable")
      ->type_name("CHECK")
      ->allow_extra_args(false);
}

void declare_proof(CLI::App& app, PromoteOptions& options) {
  app.add_option("--probe", options.probes, "[NODE=]TARGET that tells how another node is, as in fo-probe; repeatable")
      ->type_name("TARGET")
      ->allow_extra_args(false);
  app.add_option("--tries", options.tries, "How often the other nodes are observed (default 3)")
      ->type_name("N")
      ->check(CLI::Range(1U, 1000U));
  cli::add_duration(app, "--tries-interval", options.tries_interval, "Time between two tries (default 2s)");
  cli::add_duration(app, "--probe-timeout", options.probe_timeout, "Deadline of one check (default 5s)");
  app.add_flag("--assume-was-up", options.assume_was_up,
               "Believe a 'down' of probes that were never seen up from this host");
  app.add_option("--reference", options.references, "TARGET that is up unless we are cut off ourselves; repeatable")
      ->type_name("TARGET")
      ->allow_extra_args(false);
  app.add_option("--observer", options.observers,
                 "etcd://HOST[,HOST..]/PREFIX where others say what they see; binding; repeatable")
      ->type_name("URL")
      ->allow_extra_args(false);
  app.add_option("--quorum", options.quorum, "How many observers, this host among them, must say down (default 2)")
      ->type_name("N")
      ->check(CLI::Range(std::size_t{1}, std::size_t{1000}));
  cli::add_duration(app, "--observer-max-age", options.observer_max_age,
                    "What an observer said longer ago says nothing (default 90s)");
  app.add_option("--self-probe", options.self_probes, "TARGET that must be up here before DNS moves; repeatable")
      ->type_name("TARGET")
      ->allow_extra_args(false);
  app.add_option("--fence", options.fencers,
                 "[NODE=]FENCER that makes sure a node is off: agent:fence_NAME?OPTION=VALUE, "
                 "ssh://USER@HOST?identity-file=FILE, exec:///FILE?kind=power|service, operator; repeatable")
      ->type_name("FENCER")
      ->allow_extra_args(false);
  app.add_option("--i-have-powered-off", options.powered_off,
                 "NODE@TIME: the operator's word for the fencer 'operator', at most 15 minutes old; repeatable")
      ->type_name("NODE@TIME")
      ->allow_extra_args(false);
  app.add_option("--arbiter", options.arbiter,
                 "Who decides when two want to promote: operator (the default), dns, etcd://HOST[,HOST..]/PREFIX")
      ->type_name("ARBITER");
  app.add_flag("--only-standby", options.only_standby,
               "No other standby exists: the operator arbiter lets a run go unattended");
}

void declare_quiet(CLI::App& app, PromoteOptions& options) {
  cli::add_duration(app, "--min-uptime", options.min_uptime,
                    "So long after the last promotion none goes unattended (default 10m; 0s: off)");
  cli::add_duration(app, "--for", options.pause_for, "pause: how long no promotion goes unattended, at most 31d");
  app.add_option("--reason", options.pause_reason, "pause: why, for whoever is refused")->type_name("TEXT");
  app.add_flag("--off", options.pause_off, "pause: end it");
}

void declare_run(CLI::App& app, PromoteOptions& options) {
  app.add_option("--pre-hook", options.pre_hook, "Program to run before the start")->type_name("FILE");
  app.add_option("--start-hook", options.start_hook, "Program that starts the service here")->type_name("FILE");
  app.add_option("--post-hook", options.post_hook, "Program to run at the end")->type_name("FILE");
  cli::add_duration(app, "--hook-timeout", options.hook_timeout,
                    "Deadline of a hook, and of the service's start until the self-probes are up (default 5m)");
  app.add_option("--unit", options.units, "systemd unit of the service on this host; repeatable")
      ->type_name("UNIT")
      ->allow_extra_args(false);
  app.add_option("--stop-hook", options.stop_hook, "Program that stops what no unit stops")->type_name("FILE");
  app.add_option("--systemctl", options.systemctl, "The program that rules the units (default /usr/bin/systemctl)")
      ->type_name("FILE");
  cli::add_duration(app, "--warn-backup-age", options.warn_backup_age,
                    "Older restored data is a warning (default 26h)");
  cli::add_duration(app, "--max-backup-age", options.max_backup_age, "Older restored data is refused (default 7d)");
  app.add_flag("--allow-stale-backup", options.allow_stale_backup, "Promote with data that is too old, or with none");
  app.add_option("--confirm", options.confirm, "The service's name instead of the question, for scripts")
      ->type_name("FQDN");
  app.add_flag("--unattended", options.unattended,
               "As --confirm with the configured service: for units, whose instance names the configuration");
  app.add_flag("--boot", options.boot, "resume: unattended, and only what was begun unattended");
  app.add_option("--report", options.report, "Write how it went as one HTML page, readable on a phone")
      ->type_name("FILE");
  app.add_option("--notify", options.notify,
                 "Who is told: exec:///FILE, webhook+https://HOST/PATH, mail:ADDRESS; repeatable")
      ->type_name("NOTIFIER")
      ->allow_extra_args(false);
  app.add_option("--run-dir", options.run_dir,
                 "Where guard leaves its note until the next boot (default /run/failover)")
      ->type_name("DIR");
  app.add_option("--until", options.until, "Stop after this step")->type_name("STEP");
}

void declare_switchover(CLI::App& app, PromoteOptions& options) {
  app.add_flag("--switchover", options.switchover,
               "Planned: the active host serves; its data is brought over, it is told to stop, and it is given back "
               "what it had if that fails");
  app.add_option("--backup-hook", options.backup_hook, "Program that has the active host make a backup")
      ->type_name("FILE");
  app.add_option("--sync-hook", options.sync_hook, "Program that brings the newest backup here and restores it")
      ->type_name("FILE");
}

}  // namespace

void declare_promote_options(CLI::App& app, PromoteOptions& options) {
  declare_verbs(app, options);
  declare_who(app, options);
  declare_dns(app, options);
  declare_readiness(app, options);
  declare_proof(app, options);
  declare_quiet(app, options);
  declare_run(app, options);
  declare_switchover(app, options);
  app.add_option("--print-states", options.print_states,
                 "Print the state table of a promotion as a diagram and be done")
      ->type_name("FORMAT")
      ->check(CLI::IsMember({"dot"}));
}

}  // namespace failover::promote_tool
