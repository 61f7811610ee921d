#include "fo-probe/witness_options.hpp"

#include <chrono>
#include <span>
#include <tuple>

#include <failover/context.hpp>
#include <failover/error.hpp>
#include <failover/watch.hpp>

#include "cli/config_file.hpp"
#include "fo-probe/probe_options.hpp"

namespace failover::cli {

Result<void> check_witness_options(const ProbeToolOptions& options) {
  if (options.publish && !options.node) {
    return fail(ErrorKind::usage, "--publish needs --node NAME: the others must know who speaks");
  }
  if (options.publish && options.publish_for.value_or(options.interval) < options.interval) {
    return fail(ErrorKind::usage,
                "--publish-for is shorter than --interval: between two checks nothing would be there");
  }
  if (!options.publish && (options.publish_for || options.publish_as != "observer")) {
    return fail(ErrorKind::usage, "--publish-for and --publish-as need --publish");
  }
  return {};
}

bool same_witness_options(const ProbeToolOptions& a, const ProbeToolOptions& b) {
  const auto all = [](const ProbeToolOptions& one) {
    return std::tie(one.publish, one.publish_as, one.publish_for, one.observers, one.quorum, one.observer_max_age,
                    one.node);
  };
  return all(a) == all(b);
}

NodeObservation who_we_are(const ProbeToolOptions& options, std::span<const NodeSection> nodes) {
  NodeObservation own;
  own.node = options.node.value_or("");
  own.role = options.publish_as == "active" ? WitnessRole::active : WitnessRole::observer;
  own.address = options.source_address.value_or("");
  for (const auto& section : nodes) {
    if (own.address.empty() && section.name == own.node && !section.addresses.empty()) {
      own.address = section.addresses.front();
    }
  }
  return own;
}

std::chrono::seconds publish_lifetime(const ProbeToolOptions& options, Duration timeout) {
  return std::chrono::ceil<std::chrono::seconds>(options.publish_for.value_or(3 * options.interval + timeout));
}

WitnessPolicy witness_policy(const ProbeToolOptions& options) {
  return {.quorum = options.quorum, .max_age = options.observer_max_age};
}

}  // namespace failover::cli
