#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include <failover/context.hpp>

namespace CLI {
class App;
}

namespace failover::promote_tool {

enum class Verb {
  status,
  plan,
  run,
  resume,
  abort,
  adopt,
  demote,
  rejoin,
  give_back,
  guard,
  init,
  ready,
  drill,
  pause,
  serve_fence,
  dns_show,
  dns_set,
  dns_verify,
  dns_set_ttl
};

/// The table of options, as they were given or stand in the configuration file.
struct PromoteOptions {
  Verb verb = Verb::status;
  std::string service;
  std::string node;
  std::vector<std::string> from;
  std::vector<std::string> to;
  std::vector<std::string> dns;
  std::string epoch_record;
  std::string epoch_dns;
  Duration ttl = std::chrono::seconds(60);
  Duration max_ttl = std::chrono::seconds(300);
  std::vector<std::string> resolvers;
  bool canary = false;
  std::uint64_t min_free = std::uint64_t{1} << 30U;
  std::optional<Duration> max_drill_age;
  std::vector<std::string> skip;
  std::string restore_into;
  std::string drill_hook;
  std::vector<std::string> probes;
  unsigned tries = 3;
  Duration tries_interval = std::chrono::seconds(2);
  Duration probe_timeout = std::chrono::seconds(5);
  std::vector<std::string> references;
  std::vector<std::string> self_probes;
  std::vector<std::string> observers;
  std::size_t quorum = 2;
  Duration observer_max_age = std::chrono::seconds(90);
  std::vector<std::string> fencers;
  std::string arbiter = "operator";
  bool only_standby = false;
  std::string pre_hook;
  std::string start_hook;
  std::string post_hook;
  std::string stop_hook;
  std::vector<std::string> units;
  std::string systemctl = "/usr/bin/systemctl";
  Duration hook_timeout = std::chrono::minutes(5);
  Duration warn_backup_age = std::chrono::hours(26);
  Duration max_backup_age = std::chrono::days(7);
  bool allow_stale_backup = false;
  Duration min_uptime = std::chrono::minutes(10);
  std::optional<Duration> pause_for;
  std::string pause_reason;
  bool pause_off = false;
  bool assume_was_up = false;
  std::string confirm;
  bool unattended = false;
  bool boot = false;
  std::vector<std::string> notify;
  std::string report;
  std::vector<std::string> powered_off;
  std::string run_dir = "/run/failover";
  std::string until;
  bool switchover = false;
  std::string backup_hook;
  std::string sync_hook;
  std::string print_states;                               ///< a format; empty = not asked for
  std::string give_back_to;                               ///< NODE of give-back
  std::map<std::string, std::vector<std::string>> given;  ///< of init: what the command line says, by long names
  std::string peer_config;                                ///< of init
  bool force = false;                                     ///< of init
  std::vector<std::string> command_line;                  ///< as it was typed
};

void declare_promote_options(CLI::App& app, PromoteOptions& options);

}  // namespace failover::promote_tool
