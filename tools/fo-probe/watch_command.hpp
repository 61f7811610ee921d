#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include <failover/error.hpp>
#include <failover/watch.hpp>

#include "cli/session.hpp"
#include "cli/tool.hpp"
#include "fo-probe/probe_options.hpp"
#include "fo-probe/watch_listeners.hpp"
#include "fo-probe/watch_observers.hpp"
#include "fo-probe/watch_publisher.hpp"

namespace failover::cli {

/// fo-probe --watch: until the awaited verdict, with a configuration that is read again at HUP.
class WatchCommand {
 public:
  WatchCommand(Session& session, const ProbeToolOptions& options);
  Result<Outcome> run();

 private:
  [[nodiscard]] Result<WatchPlan> plan_of(ProbeToolOptions options, const SharedOptions& shared,
                                          const std::vector<NodeSection>& nodes);
  Result<void> join_observers();
  Outcome reached(const Verdict& verdict);
  void reload();
  Result<void> take_over_new_configuration();

  Session& session_;
  ProbeToolOptions options_;
  std::optional<std::vector<std::string>> from_stdin_;
  std::unique_ptr<WatchPublisher> publisher_;
  std::unique_ptr<WatchObservers> observers_;
  WatchListeners listeners_;
  std::unique_ptr<SeenUp> seen_up_;
  std::unique_ptr<Watch> watch_;
};

}  // namespace failover::cli
