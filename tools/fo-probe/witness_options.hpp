#pragma once

#include <chrono>
#include <memory>
#include <span>

#include <failover/context.hpp>
#include <failover/error.hpp>
#include <failover/observer.hpp>
#include <failover/watch.hpp>

#include "cli/config_file.hpp"
#include "fo-probe/probe_options.hpp"

namespace failover::cli {

/// The options of --publish and --observers make sense: kind usage otherwise.
Result<void> check_witness_options(const ProbeToolOptions& options);
/// The same stores and the same way to use them.
bool same_witness_options(const ProbeToolOptions& a, const ProbeToolOptions& b);

/// An observation of this host without a verdict: its name, where it looks from, as whom it speaks.
NodeObservation who_we_are(const ProbeToolOptions& options, std::span<const NodeSection> nodes);
/// How long what is published lives.
std::chrono::seconds publish_lifetime(const ProbeToolOptions& options, Duration timeout);
WitnessPolicy witness_policy(const ProbeToolOptions& options);

}  // namespace failover::cli
