#pragma once

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include <failover/context.hpp>

namespace CLI {
class App;
}

namespace failover::cli {

/// fo-probe's own options, as the command line and the configuration file give them.
struct ProbeToolOptions {
  std::vector<std::string> targets;
  std::optional<std::string> targets_from;
  std::optional<std::string> host;
  std::vector<std::string> services;
  std::uint16_t web_port = 5001;

  std::string fail_when = "all";
  bool weak_counts = false;
  std::vector<std::string> references;
  std::string reference_when = "all";

  std::optional<Duration> warning;
  std::optional<Duration> critical;
  Duration cert_warning = std::chrono::days(14);
  Duration cert_critical = std::chrono::days(3);
  std::optional<std::string> source_address;

  bool watch = false;
  std::string until = "down";
  Duration interval = std::chrono::seconds(30);
  std::optional<Duration> retry_interval;
  unsigned fall = 3;
  unsigned rise = 2;
  Duration suspect_for = std::chrono::minutes(2);
  bool assume_was_up = false;
  bool keep_open = false;
  std::optional<std::string> node;

  std::optional<std::string> publish;
  std::string publish_as = "observer";
  std::optional<Duration> publish_for;
  std::optional<std::string> observers;
  unsigned quorum = 2;
  Duration observer_max_age = std::chrono::seconds(90);

  std::optional<std::filesystem::path> metrics_file;
  std::optional<std::filesystem::path> on_change;
  Duration hook_timeout = std::chrono::seconds(30);
};

void declare_probe_options(CLI::App& app, ProbeToolOptions& options);

}  // namespace failover::cli
