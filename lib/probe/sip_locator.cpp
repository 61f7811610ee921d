#include "probe/sip_locator.hpp"

#include <cstddef>
#include <cstdint>
#include <expected>
#include <optional>
#include <random>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include <failover/context.hpp>
#include <failover/error.hpp>
#include <failover/observer.hpp>

#include "net/address.hpp"
#include "net/resolver.hpp"
#include "net/service_records.hpp"
#include "probe/sip_options.hpp"
#include "probe/sip_route.hpp"

namespace failover {

namespace {

// So that each gets a fair share of the time of a check.
constexpr std::size_t most_servers = 8;

std::uint32_t draw(std::uint32_t largest) {
  std::random_device device;
  return std::uniform_int_distribution<std::uint32_t>(0, largest)(device);
}

}  // namespace

SipLocator::SipLocator(Resolver& resolver, const Target& target, Deadline deadline)
    : resolver_(resolver), target_(target), deadline_(deadline) {}

void SipLocator::start(Done done) {
  done_ = std::move(done);
  const auto settled = settled_transport(target_);
  const bool sips = target_.scheme == "sips";
  // What the administrator wrote into /etc/hosts is meant as it stands there.
  if (resolver_.in_hosts_file(target_.host)) {
    hops_.push_back(plain_hop(target_.host, settled));
    return ask_hops();
  }
  services_ = default_services(target_.host, settled);
  if (settled && !sips) return ask_services();
  lookup_ = resolver_.records(target_.host, ServiceType::naptr, deadline_,
                              [this](const Result<ServiceRecords>& records) { on_naptr(records); });
}

void SipLocator::on_naptr(const Result<ServiceRecords>& records) {
  if (!records) return end(std::unexpected(records.error()));
  auto services = services_of(records->naptr, target_.scheme == "sips");
  if (!services.empty()) services_ = std::move(services);
  ask_services();
}

void SipLocator::ask_services() {
  if (next_service_ < services_.size()) {
    const auto& service = services_[next_service_++];
    lookup_ = resolver_.records(
        service.name, ServiceType::srv, deadline_,
        [this, transport = service.transport](const Result<ServiceRecords>& records) { on_srv(transport, records); });
    return;
  }
  if (hops_.empty() && refused_) {
    return end(
        fail(ErrorKind::not_found, fmt::format("the domain '{}' says that it has no SIP service", target_.host)));
  }
  if (hops_.empty() && !servers_.missing) hops_.push_back(plain_hop(target_.host, settled_transport(target_)));
  ask_hops();
}

void SipLocator::on_srv(SipTransport transport, const Result<ServiceRecords>& records) {
  if (!records) {
    servers_.missing = records.error();
  } else {
    for (auto& one : in_order(records->srv, &draw)) {
      if (one.target.empty()) {
        refused_ = true;
      } else {
        hops_.push_back({transport, std::move(one.target), one.port});
      }
    }
  }
  ask_services();
}

void SipLocator::ask_hops() {
  if (next_hop_ < hops_.size() && servers_.found.size() < most_servers) {
    const auto& hop = hops_[next_hop_++];
    lookup_ = resolver_.resolve(hop.host, hop.port, deadline_,
                                [this, transport = hop.transport](const Result<std::vector<Address>>& addresses) {
                                  on_addresses(transport, addresses);
                                });
    return;
  }
  if (!servers_.found.empty()) return end(std::move(servers_));
  if (!servers_.missing) servers_.missing = absent_;
  end(std::unexpected(servers_.missing.value_or(
      Error{ErrorKind::not_found, fmt::format("no SIP server of '{}' has an address", target_.host)})));
}

void SipLocator::on_addresses(SipTransport transport, const Result<std::vector<Address>>& addresses) {
  if (!addresses) {
    // That a host has no address is an answer; only a look-up that failed leaves open who serves.
    auto& kept = addresses.error().kind == ErrorKind::not_found ? absent_ : servers_.missing;
    kept = addresses.error();
  } else {
    for (const auto& address : *addresses) {
      if (servers_.found.size() < most_servers) servers_.found.push_back({transport, address});
    }
  }
  ask_hops();
}

/// The last thing done: whoever is called may destroy this.
void SipLocator::end(Result<SipServers> result) {
  const auto done = std::exchange(done_, nullptr);
  if (done) done(std::move(result));
}

}  // namespace failover
