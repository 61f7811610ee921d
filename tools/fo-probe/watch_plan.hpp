#pragma once

#include <span>
#include <vector>

#include <failover/error.hpp>
#include <failover/observer.hpp>
#include <failover/watch.hpp>

#include "cli/config_file.hpp"
#include "cli/shared_options.hpp"
#include "fo-probe/probe_options.hpp"

namespace failover::cli {

/// How to check, as the options say. An error when they contradict each other or name a node that is not there.
Result<ProbeOptions> make_probe_options(const ProbeToolOptions& options, const SharedOptions& shared,
                                        std::span<const NodeSection> nodes);

struct Policies {
  Policy targets;
  Policy references;
};
Result<Policies> make_policies(const ProbeToolOptions& options, std::size_t targets, std::size_t references);

/// What to watch, and how; without alive_every.
Result<WatchPlan> make_watch_plan(const ProbeToolOptions& options, const SharedOptions& shared,
                                  std::span<const NodeSection> nodes);

}  // namespace failover::cli
