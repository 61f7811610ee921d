#include "witness/etcd_witnesses.hpp"

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include <failover/context.hpp>
#include <failover/error.hpp>
#include <failover/registry.hpp>
#include <failover/watch.hpp>

#include "core/boot_clock.hpp"
#include "net/etcd_client.hpp"
#include "net/etcd_location.hpp"
#include "net/etcd_message.hpp"
#include "witness/observation_text.hpp"

namespace failover {

namespace {

constexpr std::size_t most_nodes = 64;
constexpr std::string_view folder = "observations/";

class EtcdWitnesses final : public Witnesses {
 public:
  explicit EtcdWitnesses(std::unique_ptr<EtcdClient> client) : client_(std::move(client)) {}

  [[nodiscard]] std::string describe() const override { return client_->location().describe(); }

  Result<void> publish(const NodeObservation& observation, std::chrono::seconds lifetime,
                       const Context& context) override {
    if (!is_node_name(observation.node)) {
      return fail(ErrorKind::usage,
                  fmt::format("'{}' is no name of a node: letters, digits, '.', '_' and '-'", observation.node));
    }
    const auto began = BootClock::now();
    const auto lease = FO_TRY(while_doing("asking etcd for a lease", client_->grant(lifetime, context)));
    StoredObservation stored{.said = observation, .term = lease.header.term};
    // Its age is counted from here; what the lease took to come has passed already.
    stored.said.age = observation.age.value_or(Duration::zero()) + (BootClock::now() - began);
    const auto key = client_->location().key_of(fmt::format("{}{}", folder, observation.node));
    FO_TRY(while_doing("writing to etcd", client_->put(key, to_text(stored), lease.id, context)));
    return {};
  }

  Result<std::vector<NodeObservation>> read(const Context& context) override {
    const auto prefix = client_->location().key_of(folder);
    const auto found = FO_TRY(client_->range(etcd_prefix(prefix), most_nodes, context));
    if (found.more) {
      return fail(ErrorKind::protocol, fmt::format("there are more than {} observers under {}", most_nodes, prefix));
    }
    std::vector<NodeObservation> observations;
    for (const auto& entry : found.entries) {
      if (auto one = FO_TRY(while_doing(entry.key, read_one(entry, prefix, found.header.term, context)))) {
        observations.push_back(std::move(*one));
      }
    }
    return observations;
  }

 private:
  /// None: its lease ended just now.
  Result<std::optional<NodeObservation>> read_one(const EtcdEntry& entry, std::string_view prefix, std::uint64_t term,
                                                  const Context& context) {
    auto stored = FO_TRY(parse_observation(entry.value));
    auto& said = stored.said;
    // Each key is there once, and so each node is.
    if (!entry.key.starts_with(prefix) || entry.key.substr(prefix.size()) != said.node) {
      return fail(ErrorKind::protocol, fmt::format("it holds what {} says", said.node));
    }
    const auto aged = std::exchange(said.age, std::nullopt).value_or(Duration::zero());
    if (entry.lease.empty()) return said;
    const auto life = FO_TRY(client_->lease_life(entry.lease, context));
    if (!life) return std::nullopt;
    // A lease of an earlier term was refilled when the leader changed: what it has used up tells nothing.
    if (stored.term == term && stored.term == life->header.term) said.age = aged + life->granted - life->remaining;
    return said;
  }

  std::unique_ptr<EtcdClient> client_;
};

}  // namespace

Result<std::unique_ptr<Witnesses>> make_etcd_witnesses(std::string_view url, const WitnessOptions& options) {
  auto location = FO_TRY(parse_etcd_location(url));
  return std::make_unique<EtcdWitnesses>(FO_TRY(EtcdClient::create(std::move(location), options.patience)));
}

}  // namespace failover
