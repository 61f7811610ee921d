#pragma once

#include <span>

#include <failover/error.hpp>
#include <failover/observer.hpp>

#include "cli/session.hpp"
#include "fo-probe/probe_options.hpp"

namespace failover::cli {

/// Leaves what one look found in the store of --publish.
Result<void> publish_look(const ProbeToolOptions& options, const Session& session, const Verdict& verdict,
                          std::span<const Observation> observations);

struct ObserversSay {
  Verdict verdict;
  bool all_up = false;  ///< every node there says up, and freshly
};

/// Asks the store of --observers once and prints what each node says. What cannot be read is a verdict unknown.
Result<ObserversSay> ask_observers(const ProbeToolOptions& options, const Session& session);

}  // namespace failover::cli
