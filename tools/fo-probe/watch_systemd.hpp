#pragma once

#include <string_view>

#include <failover/observer.hpp>
#include <failover/watch.hpp>

namespace failover::cli {

/// Tells the service manager how the watch goes (sd_notify(3), systemd.service(5) Type=notify-reload).
class WatchSystemd final : public WatchListener {
 public:
  void watching(const WatchPlan& plan) override;
  void checked(const Observation&, bool) override {}
  void state_changed(const Target&, TargetState, TargetState, std::string_view) override {}
  void verdict_changed(const Verdict& verdict) override;
  void alive() override;
};

/// The configuration is being read again; ready() ends it.
void systemd_reloading() noexcept;
void systemd_ready() noexcept;

}  // namespace failover::cli
