#include "dns/service_reading.hpp"

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <optional>
#include <vector>

#include <fmt/format.h>

#include <failover/context.hpp>
#include <failover/dns.hpp>
#include <failover/error.hpp>

#include "net/dns_message.hpp"
#include "net/dns_name.hpp"
#include "net/dns_rdata.hpp"

namespace failover {

namespace {

/// "Every limit a peer could push is capped": more addresses than this are no PBX.
constexpr std::size_t max_addresses = 64;

Result<void> check_rcode(const DnsMessage& answer, const DnsQuestion& question) {
  const auto name = question.name.to_text();
  switch (answer.rcode) {
    case dns_rcode::noerror:
    case dns_rcode::nxdomain:
      return {};
    case dns_rcode::servfail:
      return fail(ErrorKind::unreachable, fmt::format("it failed to answer for {} (SERVFAIL); its log says why", name));
    case dns_rcode::refused:
      return fail(ErrorKind::permission,
                  fmt::format("it refuses to answer for {} (REFUSED): it does not serve that zone "
                              "(lame delegation), or not to us",
                              name));
    default:
      return fail(ErrorKind::protocol, fmt::format("it answered {} for {}", rcode_text(answer.rcode), name));
  }
}

Result<std::optional<EpochMark>> mark_in(const std::vector<DnsRecord>& texts, const DnsName& name) {
  if (texts.empty()) return std::optional<EpochMark>();
  const auto strings = FO_TRY(txt_strings(texts.front()));
  if (texts.size() != 1 || strings.size() != 1) {
    return fail(ErrorKind::protocol, fmt::format("{} holds more than the one text of an epoch mark; "
                                                 "choose another name for it with --epoch-record",
                                                 name.to_text()));
  }
  return std::optional<EpochMark>(FO_TRY(while_doing("TXT of " + name.to_text(), parse_epoch_mark(strings.front()))));
}

}  // namespace

Result<std::vector<DnsRecord>> rrset_in(const DnsMessage& answer, const DnsQuestion& question) {
  FO_TRY(check_rcode(answer, question));
  if (!answer.authoritative) {
    return fail(ErrorKind::protocol,
                fmt::format("it answers, but is not authoritative for {} (lame delegation)", question.name.to_text()));
  }
  std::vector<DnsRecord> records;
  for (const auto& record : answer.answers) {
    if (record.name != question.name || record.rr_class != dns_class::in) continue;
    if (record.type == dns_type::cname && question.type != dns_type::cname) {
      const auto target = FO_TRY(name_in(record)).to_text();
      return fail(ErrorKind::refused,
                  fmt::format("{} is an alias (CNAME) for {}; only names with addresses of their own can "
                              "be moved, so name {} instead",
                              question.name.to_text(), target, target));
    }
    if (record.type == question.type) records.push_back(record);
  }
  return records;
}

Result<ServiceRecord> read_service(const DnsAsk& ask, const ServiceNames& names, const Context& context) {
  ServiceRecord service;
  for (const auto type : {dns_type::a, dns_type::aaaa}) {
    const DnsQuestion question{names.service, type, dns_class::in};
    const auto answer = FO_TRY(ask(question, context));
    const auto records = FO_TRY(rrset_in(answer, question));
    for (const auto& record : records) {
      service.addresses.push_back(FO_TRY(address_text(record)));
      service.ttl = std::max(service.ttl, std::chrono::seconds(record.ttl));
    }
  }
  if (service.addresses.size() > max_addresses) {
    return fail(ErrorKind::protocol,
                fmt::format("{} has more than {} addresses", names.service.to_text(), max_addresses));
  }
  service.addresses = FO_TRY(canonical_addresses(service.addresses));
  if (names.epoch_record == DnsName()) return service;
  const DnsQuestion question{names.epoch_record, dns_type::txt, dns_class::in};
  const auto answer = FO_TRY(ask(question, context));
  const auto texts = FO_TRY(rrset_in(answer, question));
  service.mark = FO_TRY(mark_in(texts, names.epoch_record));
  return service;
}

}  // namespace failover
