#pragma once

#include <memory>
#include <string_view>

#include <failover/error.hpp>
#include <failover/registry.hpp>
#include <failover/watch.hpp>

namespace failover {

/// Observations in etcd, each under a lease of its own that is never refilled: the key `/PREFIX/observations/NODE`, its
/// value as observation_text.hpp says. Its age is what its lease has used up at the leader. An election refills every
/// lease, so an observation from before the last one has no known age until its node speaks again.
Result<std::unique_ptr<Witnesses>> make_etcd_witnesses(std::string_view url, const WitnessOptions& options);

}  // namespace failover
