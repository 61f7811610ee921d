#include "dns/service_reading.hpp"

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <expected>
#include <optional>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include <failover/context.hpp>
#include <failover/dns.hpp>
#include <failover/error.hpp>

#include "core/ascii.hpp"
#include "net/dns_message.hpp"
#include "net/dns_name.hpp"
#include "net/dns_rdata.hpp"

namespace failover {

namespace {

/// "Every limit a peer could push is capped": more addresses than this are no PBX.
constexpr std::size_t max_addresses = 64;

std::unexpected<Error> lame(const DnsName& name) {
  return fail(ErrorKind::protocol,
              fmt::format("it answers, but is not authoritative for {} (lame delegation)", name.to_text()));
}

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

/// The alias that an answer begins with, if its name is one.
const DnsRecord* alias_in(const DnsMessage& answer, const DnsQuestion& question) {
  const auto found = std::ranges::find_if(answer.answers, [&](const DnsRecord& record) {
    return record.name == question.name && record.type == dns_type::cname && record.rr_class == dns_class::in;
  });
  return found == answer.answers.end() ? nullptr : &*found;
}

Result<void> add_srv(ServiceRecord& service, const std::vector<DnsRecord>& records) {
  for (const auto& record : records) {
    const auto srv = FO_TRY(srv_in(record));
    service.targets.push_back({ascii_lower(srv.target.to_text()), SrvNumbers{srv.priority, srv.weight, srv.port}});
    service.ttl = std::max(service.ttl, std::chrono::seconds(record.ttl));
  }
  return {};
}

Result<void> add_addresses(ServiceRecord& service, const std::vector<DnsRecord>& records) {
  for (const auto& record : records) {
    service.addresses.push_back(FO_TRY(address_text(record)));
    service.ttl = std::max(service.ttl, std::chrono::seconds(record.ttl));
  }
  return {};
}

/// One answer to a question for the service.
Result<void> add(ServiceRecord& service, const DnsMessage& answer, const DnsQuestion& question) {
  for (const auto& record : answer.authorities) {
    if (const auto ttl = negative_ttl_in(record)) service.negative_ttl = std::chrono::seconds(*ttl);
  }
  if (const auto* alias = alias_in(answer, question)) {
    if (!answer.authoritative) return lame(question.name);
    ServiceTarget target{ascii_lower(FO_TRY(name_in(*alias)).to_text()), std::nullopt};
    if (service.targets.empty()) service.targets.push_back(target);
    service.ttl = std::max(service.ttl, std::chrono::seconds(alias->ttl));
    if (service.targets != std::vector{target}) {
      return fail(ErrorKind::protocol, fmt::format("{} is an alias for two names", question.name.to_text()));
    }
    return {};
  }
  const auto records = FO_TRY(rrset_in(answer, question));
  return question.type == dns_type::srv ? add_srv(service, records) : add_addresses(service, records);
}

}  // namespace

bool ServiceNames::by_srv() const {
  return service.wire().size() > 1 && service.wire()[1] == '_';
}

Result<std::vector<DnsRecord>> rrset_in(const DnsMessage& answer, const DnsQuestion& question) {
  FO_TRY(check_rcode(answer, question));
  if (!answer.authoritative) {
    return lame(question.name);
  }
  std::vector<DnsRecord> records;
  for (const auto& record : answer.answers) {
    if (record.name != question.name || record.rr_class != dns_class::in) continue;
    if (record.type == dns_type::cname && question.type != dns_type::cname) {
      const auto target = FO_TRY(name_in(record)).to_text();
      return fail(ErrorKind::refused, fmt::format("{} is an alias (CNAME) for {}, where records of its own are needed",
                                                  question.name.to_text(), target));
    }
    if (record.type == question.type) records.push_back(record);
  }
  return records;
}

std::vector<DnsQuestion> service_questions(const ServiceNames& names) {
  std::vector<DnsQuestion> questions;
  const auto add = [&](const DnsName& name, std::uint16_t type) {
    questions.push_back(DnsQuestion{name, type, dns_class::in});
  };
  if (names.has_service && names.by_srv()) add(names.service, dns_type::srv);
  if (names.has_service && !names.by_srv()) {
    add(names.service, dns_type::a);
    add(names.service, dns_type::aaaa);
  }
  if (names.has_mark) add(names.epoch_record, dns_type::txt);
  return questions;
}

Result<ServiceRecord> service_in(std::span<const DnsMessage> answers, const ServiceNames& names) {
  ServiceRecord service;
  const auto questions = service_questions(names);
  if (answers.size() < questions.size()) return fail(ErrorKind::internal, "fewer DNS answers than questions");
  for (std::size_t i = 0; i < questions.size(); ++i) {
    if (questions[i].type == dns_type::txt) {
      const auto texts = FO_TRY(rrset_in(answers[i], questions[i]));
      service.mark = FO_TRY(mark_in(texts, names.epoch_record));
    } else {
      FO_TRY(add(service, answers[i], questions[i]));
    }
  }
  if (service.addresses.size() + service.targets.size() > max_addresses) {
    return fail(ErrorKind::protocol,
                fmt::format("{} has more than {} addresses", names.service.to_text(), max_addresses));
  }
  if (!service.addresses.empty() && !service.targets.empty()) {
    return fail(ErrorKind::protocol, fmt::format("{} is an alias and has addresses", names.service.to_text()));
  }
  std::ranges::sort(service.targets);
  service.addresses = FO_TRY(canonical_addresses(service.addresses));
  return service;
}

Result<ServiceRecord> read_service(const DnsAsk& ask, const ServiceNames& names, const Context& context) {
  return service_in(FO_TRY(ask(service_questions(names), context)), names);
}

ServiceRecord only(ServiceRecord record, const ServiceNames& names) {
  if (!names.has_mark) record.mark.reset();
  if (names.has_service) return record;
  return {{}, std::chrono::seconds(0), std::move(record.mark)};
}

}  // namespace failover
