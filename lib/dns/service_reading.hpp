#pragma once

#include <functional>
#include <span>
#include <vector>

#include <failover/context.hpp>
#include <failover/dns.hpp>
#include <failover/error.hpp>

#include "net/dns_message.hpp"
#include "net/dns_name.hpp"

namespace failover {

/// The two names that one view is about. Where the mark lives apart, each zone has one of them only.
struct ServiceNames {
  DnsName service;
  DnsName epoch_record;
  bool has_service = true;
  bool has_mark = true;

  /// "_sip._udp.example": callers find the service by SRV records (RFC 2782), whose owner begins with an underscore.
  [[nodiscard]] bool by_srv() const;
};

/// Asks one server several questions at once; the transport and the signature are the caller's. One answer each, in
/// the order of the questions.
using DnsAsk = std::function<Result<std::vector<DnsMessage>>(std::span<const DnsQuestion>, const Context&)>;

/// The records of the question's name and type in an authoritative answer; NXDOMAIN and NODATA are none. Errors:
/// refused for a name that is an alias (CNAME), protocol for a server that is not authoritative, permission for
/// REFUSED, unreachable for SERVFAIL.
Result<std::vector<DnsRecord>> rrset_in(const DnsMessage& answer, const DnsQuestion& question);

/// The questions whose answers make one record.
std::vector<DnsQuestion> service_questions(const ServiceNames& names);

/// Makes it of the answers to service_questions(). A name that is an alias has that as its one target.
Result<ServiceRecord> service_in(std::span<const DnsMessage> answers, const ServiceNames& names);

/// The record as one server has it. Not one instant: a change in between is caught by the prerequisites of the update
/// that follows, or by the next look.
Result<ServiceRecord> read_service(const DnsAsk& ask, const ServiceNames& names, const Context& context);

/// Only the parts that these names are about.
ServiceRecord only(ServiceRecord record, const ServiceNames& names);

}  // namespace failover
