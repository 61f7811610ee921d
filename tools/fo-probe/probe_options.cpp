#include "fo-probe/probe_options.hpp"

#include <cstdint>
#include <limits>

#include <CLI/CLI.hpp>

#include "cli/option_types.hpp"

namespace failover::cli {

namespace {

constexpr unsigned most_in_a_row = 1000;

void declare_targets(CLI::App& app, ProbeToolOptions& options) {
  app.add_option(
         "target", options.targets,
         "What to probe: sip://HOST[:5060] sips://HOST http(s)://HOST[:PORT]/PATH tunnel://HOST[:5090] tcp://HOST:PORT "
         "tls://HOST:PORT dns://SERVER[:53]/NAME icmp://HOST exec:///PLUGIN[?arg=..]")
      ->type_name("TARGET");
  app.add_option("--targets-from", options.targets_from, "Read targets from a file, one a line; - is stdin")
      ->type_name("FILE");
  app.add_option("--host", options.host, "Short form: probe the services of this host")->type_name("HOST");
  app.add_option("--service", options.services, "With --host: sip, web and tunnel, separated by commas (default all)")
      ->delimiter(',')
      ->allow_extra_args(false)
      ->type_name("LIST");
  app.add_option("--web-port", options.web_port, "With --host: port of the web service (default 5001)")
      ->check(CLI::Range(1, static_cast<int>(std::numeric_limits<std::uint16_t>::max())).description(""))
      ->type_name("PORT");
  app.add_option("--source-address", options.source_address, "Ask from this local address")->type_name("ADDRESS");
}

void declare_verdict(CLI::App& app, ProbeToolOptions& options) {
  app.add_option("--fail-when", options.fail_when, "How many targets must be down: all (default), any or a number")
      ->type_name("all|any|K");
  app.add_flag("--weak-counts", options.weak_counts, "Let an up of a tcp, tunnel or icmp target count like any other");
  app.add_option("--reference", options.references, "Another target that tells whether it is us; repeatable")
      ->type_name("TARGET")
      ->allow_extra_args(false);
  app.add_option("--reference-when", options.reference_when,
                 "How many references must be down for 'it is us': all (default), any or a number")
      ->type_name("all|any|K");
  add_duration(app, "-w,--warning", options.warning, "Response time that is a warning");
  add_duration(app, "-c,--critical", options.critical, "Response time that is critical");
  add_duration(app, "--cert-warning", options.cert_warning,
               "Remaining life of a certificate that is a warning (default 14d)");
  add_duration(app, "--cert-critical", options.cert_critical,
               "Remaining life of a certificate that is critical (default 3d)");
  add_duration(app, "--suspect-for", options.suspect_for,
               "How long the silence of SIP alone is unknown before it is down (default 2m; 0s: at once)");
  app.add_option("--metrics-file", options.metrics_file, "Write a Prometheus text file, replaced atomically")
      ->type_name("FILE");
}

void declare_watch(CLI::App& app, ProbeToolOptions& options) {
  constexpr const char* group = "Watching";
  app.add_flag("--watch", options.watch, "Check again and again until the awaited verdict is reached")->group(group);
  app.add_option("--until", options.until, "The awaited verdict: down (default), up, or never")
      ->check(CLI::IsMember({"down", "up", "never"}).description(""))
      ->type_name("VERDICT")
      ->group(group);
  add_duration(app, "--interval", options.interval, "Between checks of a target (default 30s)")->group(group);
  add_duration(app, "--retry-interval", options.retry_interval,
               "The same after a first failure (default interval / 5, at least 1s)")
      ->group(group);
  app.add_option("--fall", options.fall, "Failures in a row before a target is down (default 3)")
      ->check(CLI::Range(1U, most_in_a_row).description(""))
      ->type_name("N")
      ->group(group);
  app.add_option("--rise", options.rise, "Successes in a row before a target is up (default 2)")
      ->check(CLI::Range(1U, most_in_a_row).description(""))
      ->type_name("N")
      ->group(group);
  app.add_flag("--assume-was-up", options.assume_was_up, "Let a target become down that was never seen up")
      ->group(group);
  app.add_flag(
         "--keep-open", options.keep_open,
         "Keep the connection of an up; when the peer ends it, check at once (tcp, tls, tunnel, SIP over TCP and TLS)")
      ->group(group);
  app.add_option("--on-change", options.on_change, "Run this program at every change of a state or of the verdict")
      ->type_name("FILE")
      ->group(group);
  add_duration(app, "--hook-timeout", options.hook_timeout, "Time limit of one run of it (default 30s)")->group(group);
  app.add_option("--node", options.node, "Which node this host is: the addresses of its [node.NAME] are not watched")
      ->type_name("NAME")
      ->group(group);
}

void declare_observers(CLI::App& app, ProbeToolOptions& options) {
  constexpr const char* group = "Observers";
  app.add_option("--publish", options.publish, "Leave every verdict in a store: etcd://HOST:2379[,HOST:2379..]/PREFIX")
      ->type_name("STORE")
      ->group(group);
  app.add_option("--publish-as", options.publish_as,
                 "Who speaks: an observer (default), or the active host about its own services")
      ->check(CLI::IsMember({"observer", "active"}).description(""))
      ->type_name("ROLE")
      ->group(group);
  add_duration(app, "--publish-for", options.publish_for,
               "How long a published verdict lives in the store (default 3 x interval + timeout)")
      ->group(group);
  app.add_option("--observers", options.observers, "Ask what the observers in a store say; binding for a verdict down")
      ->type_name("STORE")
      ->group(group);
  app.add_option("--quorum", options.quorum, "With --observers: how many must say the same (default 2)")
      ->check(CLI::Range(1U, most_in_a_row).description(""))
      ->type_name("N")
      ->group(group);
  add_duration(app, "--observer-max-age", options.observer_max_age,
               "With --observers: what is older says nothing (default 90s)")
      ->group(group);
}

}  // namespace

void declare_probe_options(CLI::App& app, ProbeToolOptions& options) {
  declare_targets(app, options);
  declare_verdict(app, options);
  declare_watch(app, options);
  declare_observers(app, options);
}

}  // namespace failover::cli
