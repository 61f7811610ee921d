#pragma once

#include <chrono>
#include <memory>
#include <string_view>

#include <failover/dns.hpp>
#include <failover/error.hpp>

#include "dns/view_settings.hpp"
#include "dns/zone_api.hpp"

namespace failover {

/// The view of a name in a provider's zone: it is read before a change and must be as it was; the change names what it
/// takes away; then it is read again. With Swap::checked a second time after a while, since another writer may have
/// read before our change and write after it. Its verifier asks the servers that the provider names, or `verify`.
Result<DnsView> make_provider_view(std::string_view url, std::string_view service, std::string_view epoch_record,
                                   const ViewSettings& settings, std::shared_ptr<ZoneApi> api);

/// How long a second writer may take from its look to its change.
inline constexpr std::chrono::seconds second_look{1};

}  // namespace failover
