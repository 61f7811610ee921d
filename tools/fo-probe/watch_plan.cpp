#include "fo-probe/watch_plan.hpp"

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include <fmt/format.h>

#include <failover/context.hpp>
#include <failover/error.hpp>
#include <failover/observer.hpp>
#include <failover/watch.hpp>

#include "cli/config_file.hpp"
#include "cli/shared_options.hpp"
#include "fo-probe/count_rule.hpp"
#include "fo-probe/probe_options.hpp"
#include "fo-probe/target_list.hpp"

namespace failover::cli {

namespace {

/// The addresses of our own [node.NAME] section.
Result<std::vector<std::string>> addresses_of(const std::string& node, std::span<const NodeSection> nodes) {
  for (const auto& section : nodes) {
    if (section.name == node) return section.addresses;
  }
  return fail(ErrorKind::config, fmt::format("--node {}: the configuration has no section [node.{}]", node, node));
}

}  // namespace

Result<ProbeOptions> make_probe_options(const ProbeToolOptions& options, const SharedOptions& shared,
                                        std::span<const NodeSection> nodes) {
  ProbeOptions probe;
  probe.timeout = shared.timeout.value_or(probe.timeout);
  probe.warning = options.warning;
  probe.critical = options.critical;
  probe.cert_warning = options.cert_warning;
  probe.cert_critical = options.cert_critical;
  probe.source_address = options.source_address.value_or("");
  if (options.warning && options.critical && *options.warning > *options.critical) {
    return fail(ErrorKind::usage, "--warning is longer than --critical");
  }
  // A host that only looks and speaks need be no node of the pair.
  const bool only_a_name = (options.publish || options.observers) && nodes.empty();
  if (options.node && !only_a_name) probe.own_addresses = FO_TRY(addresses_of(*options.node, nodes));
  return probe;
}

Result<Policies> make_policies(const ProbeToolOptions& options, std::size_t targets, std::size_t references) {
  return Policies{{FO_TRY(parse_count_rule(options.fail_when, targets, "--fail-when")), options.weak_counts},
                  {FO_TRY(parse_count_rule(options.reference_when, references, "--reference-when")), true}};
}

Result<WatchPlan> make_watch_plan(const ProbeToolOptions& options, const SharedOptions& shared,
                                  std::span<const NodeSection> nodes) {
  WatchPlan plan;
  plan.targets = FO_TRY(read_targets(options));
  plan.references = FO_TRY(read_references(options));
  const auto policies = FO_TRY(make_policies(options, plan.targets.size(), plan.references.size()));
  auto& watch = plan.options;
  watch.probe = FO_TRY(make_probe_options(options, shared, nodes));
  watch.policy = policies.targets;
  watch.reference_policy = policies.references;
  if (options.until == "up") watch.until = Health::up;
  if (options.until == "never") watch.until = std::nullopt;
  watch.interval = options.interval;
  const Duration shortest_retry = std::min<Duration>(options.interval, std::chrono::seconds(1));
  watch.retry_interval = options.retry_interval.value_or(std::max<Duration>(options.interval / 5, shortest_retry));
  watch.fall = options.fall;
  watch.rise = options.rise;
  watch.suspect_for = options.suspect_for;
  watch.assume_was_up = options.assume_was_up;
  watch.keep_open = options.keep_open;
  return plan;
}

}  // namespace failover::cli
