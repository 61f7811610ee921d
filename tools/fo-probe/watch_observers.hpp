#pragma once

#include <memory>
#include <optional>
#include <string>

#include <failover/error.hpp>
#include <failover/observer.hpp>
#include <failover/watch.hpp>

#include "cli/session.hpp"
#include "fo-probe/probe_options.hpp"

namespace failover::cli {

/// A watch's view of the other observers: what was read last, by a reader beside it.
class WatchObservers final : public OtherObservers {
 public:
  /// @param options with --observers
  static Result<std::unique_ptr<WatchObservers>> create(const ProbeToolOptions& options, const Session& session);

  [[nodiscard]] std::optional<std::string> who_sees_up(const Target& target) override;
  [[nodiscard]] std::optional<Verdict> together() override;

 private:
  WatchObservers(const ProbeToolOptions& options, NodeObservation own, std::unique_ptr<Witnesses> witnesses,
                 Events* events);
  NodeObservation own_;
  WitnessPolicy policy_;
  WitnessReader reader_;
};

}  // namespace failover::cli
