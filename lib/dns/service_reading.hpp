#pragma once

#include <functional>
#include <vector>

#include <failover/context.hpp>
#include <failover/dns.hpp>
#include <failover/error.hpp>

#include "net/dns_message.hpp"
#include "net/dns_name.hpp"

namespace failover {

/// The two names that one view is about.
struct ServiceNames {
  DnsName service;
  DnsName epoch_record;  ///< the root: the mark lives elsewhere
};

/// Asks one server one question; the transport and the signature are the caller's.
using DnsAsk = std::function<Result<DnsMessage>(const DnsQuestion&, const Context&)>;

/// The records of the question's name and type in an authoritative answer; NXDOMAIN and NODATA are none. Errors:
/// refused for a name that is an alias (CNAME), protocol for a server that is not authoritative, permission for
/// REFUSED, unreachable for SERVFAIL.
Result<std::vector<DnsRecord>> rrset_in(const DnsMessage& answer, const DnsQuestion& question);

/// The addresses (A and AAAA) and the mark (TXT) as one server has them. Not one instant: a change in between is
/// caught by the prerequisites of the update that follows, or by the next look.
Result<ServiceRecord> read_service(const DnsAsk& ask, const ServiceNames& names, const Context& context);

}  // namespace failover
