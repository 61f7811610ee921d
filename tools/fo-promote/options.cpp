#include "fo-promote/options.hpp"

#include <string>

#include <CLI/CLI.hpp>

#include "cli/option_types.hpp"

namespace failover::promote_tool {

namespace {

CLI::App* verb(CLI::App& parent, PromoteOptions& options, Verb which, const std::string& name,
               const std::string& help) {
  auto* command = parent.add_subcommand(name, help);
  command->fallthrough();
  command->callback([&options, which] { options.verb = which; });
  return command;
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
  verb(app, options, Verb::guard, "guard", "Exit 0 if this host may start its services, else 4 with the reason");
  verb(app, options, Verb::ready, "ready",
       "A monitoring plugin: what stands between now and a good failover to this host");
  verb(app, options, Verb::drill, "drill",
       "A rehearsal that changes nothing in production, with measured times and a line in the journal");
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
  cli::add_duration(app, "--ttl", options.ttl, "Time to live of the new addresses (default 60s)");
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
  app.add_option("--self-probe", options.self_probes, "TARGET that must be up here before DNS moves; repeatable")
      ->type_name("TARGET")
      ->allow_extra_args(false);
  app.add_option("--fence", options.fencers,
                 "[NODE=]FENCER that makes sure a node is off: exec:///FILE?kind=power|service, operator; repeatable")
      ->type_name("FENCER")
      ->allow_extra_args(false);
  app.add_option("--i-have-powered-off", options.powered_off,
                 "NODE@TIME: the operator's word for the fencer 'operator', at most 15 minutes old; repeatable")
      ->type_name("NODE@TIME")
      ->allow_extra_args(false);
  app.add_option("--arbiter", options.arbiter,
                 "Who decides when two want to promote: operator (the default), etcd://HOST[,HOST..]/PREFIX")
      ->type_name("ARBITER");
  app.add_flag("--only-standby", options.only_standby,
               "No other standby exists: the operator arbiter lets a run go unattended");
}

void declare_run(CLI::App& app, PromoteOptions& options) {
  app.add_option("--pre-hook", options.pre_hook, "Program to run before the start")->type_name("FILE");
  app.add_option("--start-hook", options.start_hook, "Program that starts the service here")->type_name("FILE");
  app.add_option("--post-hook", options.post_hook, "Program to run at the end")->type_name("FILE");
  cli::add_duration(app, "--hook-timeout", options.hook_timeout,
                    "Deadline of a hook, and of the service's start until the self-probes are up (default 5m)");
  cli::add_duration(app, "--warn-backup-age", options.warn_backup_age,
                    "Older restored data is a warning (default 26h)");
  cli::add_duration(app, "--max-backup-age", options.max_backup_age, "Older restored data is refused (default 7d)");
  app.add_flag("--allow-stale-backup", options.allow_stale_backup, "Promote with data that is too old, or with none");
  app.add_option("--confirm", options.confirm, "The service's name instead of the question, for scripts")
      ->type_name("FQDN");
  app.add_option("--run-dir", options.run_dir,
                 "Where guard leaves its note until the next boot (default /run/failover)")
      ->type_name("DIR");
  app.add_option("--until", options.until, "Stop after this step")->type_name("STEP");
}

}  // namespace

void declare_promote_options(CLI::App& app, PromoteOptions& options) {
  declare_verbs(app, options);
  declare_who(app, options);
  declare_dns(app, options);
  declare_readiness(app, options);
  declare_proof(app, options);
  declare_run(app, options);
}

}  // namespace failover::promote_tool
