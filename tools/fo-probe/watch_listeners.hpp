#pragma once

#include <memory>
#include <optional>
#include <string_view>
#include <utility>
#include <vector>

#include <failover/error.hpp>
#include <failover/observer.hpp>
#include <failover/watch.hpp>

#include "cli/session.hpp"
#include "fo-probe/live_view.hpp"
#include "fo-probe/metrics_file.hpp"
#include "fo-probe/probe_options.hpp"
#include "fo-probe/watch_publisher.hpp"
#include "fo-probe/watch_report.hpp"
#include "fo-probe/watch_systemd.hpp"

namespace failover::cli {

/// Everybody who hears of a watch: the report, the service manager, the metrics file, the hook, the live view.
class WatchListeners final : public WatchListener {
 public:
  explicit WatchListeners(Session& session);

  /// Those that the options ask for. With an error everything stays as it was.
  Result<void> configure(const ProbeToolOptions& options);

  /// Not owned; may be null.
  void publish_by(WatchPublisher* publisher) noexcept { publisher_ = publisher; }

  void remember_by(std::unique_ptr<WatchListener> memory) noexcept { memory_ = std::move(memory); }

  void watching(const WatchPlan& plan) override;
  void checked(const Observation& observation, bool is_reference) override;
  void state_changed(const Target& target, TargetState from, TargetState to, std::string_view reason) override;
  void own_verdict_changed(const Verdict& verdict) override;
  void verdict_changed(const Verdict& verdict) override;
  void alive() override;

 private:
  Result<void> configure_hook(const ProbeToolOptions& options);
  void write_metrics();

  Session& session_;
  WatchReport report_;
  WatchSystemd systemd_;
  LiveView view_;
  WatchPublisher* publisher_ = nullptr;
  std::unique_ptr<WatchListener> memory_;  ///< since when each target is as it is
  std::optional<MetricsFile> metrics_;
  ChangeHookOptions hook_options_;
  std::unique_ptr<WatchListener> hook_;
  // Hooks of earlier configurations: ending one may take a while, so that waits until the watch is over.
  std::vector<std::unique_ptr<WatchListener>> retired_;
};

}  // namespace failover::cli
