#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include <failover/observer.hpp>
#include <failover/watch.hpp>

#include "cli/output.hpp"

namespace failover::cli {

/// Tells of a watch as it goes on: JSON objects, or lines for people.
class WatchReport final : public WatchListener {
 public:
  explicit WatchReport(Output& output) noexcept : output_(output) {}

  void watching(const WatchPlan& plan) override;
  void checked(const Observation& observation, bool is_reference) override;
  void state_changed(const Target& target, TargetState from, TargetState to, std::string_view reason) override;
  void verdict_changed(const Verdict& verdict) override;
  void alive() override {}

 private:
  Output& output_;
  std::size_t targets_ = 0;
  std::string health_;
};

}  // namespace failover::cli
