#pragma once

#include <string>
#include <vector>

#include <failover/context.hpp>
#include <failover/dns.hpp>
#include <failover/error.hpp>

#include "dns/record_set.hpp"
#include "dns/service_reading.hpp"
#include "net/dns_name.hpp"

namespace failover {

/// A zone as its provider knows it.
struct ProviderZone {
  DnsName name;
  std::vector<std::string> servers;  ///< names of its authoritative servers
};

/// One zone at one provider that is changed over HTTP.
class ZoneApi {
 public:
  virtual ~ZoneApi() = default;
  /// "route53 Z123 at https://..".
  [[nodiscard]] virtual std::string describe() const = 0;
  [[nodiscard]] virtual Swap swap() const noexcept = 0;
  virtual Result<ProviderZone> zone(const Context& context) = 0;
  /// The record sets at exactly this name.
  virtual Result<std::vector<RecordSet>> records(const DnsName& name, const Context& context) = 0;
  /// All of it or nothing. Conflict: what shall go is not there as it was, or what shall come is there already. Waits
  /// until the provider says that all its servers have it, where it says so.
  virtual Result<void> change(const RecordChange& change, const Context& context) = 0;
  /// Asks for something that needs the right to write and changes nothing.
  virtual Result<void> prove_access(const ServiceNames& names, const Context& context) = 0;
};

}  // namespace failover
