#pragma once

#include <optional>
#include <string_view>

#include <failover/observer.hpp>
#include <failover/watch.hpp>

#include "cli/output.hpp"
#include "fo-probe/metrics_file.hpp"

namespace failover::cli {

/// Tells of a watch as it goes on: JSON objects or lines for people, the service manager, the metrics file.
class WatchReport final : public WatchListener {
 public:
  WatchReport(Output& output, std::optional<MetricsFile>& metrics) noexcept : output_(output), metrics_(metrics) {}

  void watching(const WatchPlan& plan) override;
  void checked(const Observation& observation, bool is_reference) override;
  void state_changed(const Target& target, TargetState from, TargetState to, std::string_view reason) override;
  void verdict_changed(const Verdict& verdict) override;
  void alive() override;

 private:
  void write_metrics();
  Output& output_;
  std::optional<MetricsFile>& metrics_;
};

}  // namespace failover::cli
