#include "dns/rfc2136_update.hpp"

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include <failover/dns.hpp>
#include <failover/error.hpp>

#include "dns/record_shape.hpp"
#include "dns/service_reading.hpp"
#include "net/dns_message.hpp"
#include "net/dns_name.hpp"
#include "net/dns_rdata.hpp"

namespace failover {

namespace {

/// Zone section; its answers are the prerequisites, its authorities the updates (RFC 2136 section 2).
DnsMessage empty_update(const DnsName& zone) {
  DnsMessage update;
  update.opcode = dns_opcode::update;
  update.questions.push_back(DnsQuestion{zone, dns_type::soa, dns_class::in});
  return update;
}

/// Section 2.4.3: this RRset does not exist.
DnsRecord absent(const DnsName& name, std::uint16_t type) {
  return {name, type, dns_class::none, 0, {}};
}

/// Section 2.5.2: delete this RRset.
DnsRecord delete_all(const DnsName& name, std::uint16_t type) {
  return {name, type, dns_class::any, 0, {}};
}

/// Section 2.5.4: delete this one record.
DnsRecord delete_one(DnsRecord record) {
  record.rr_class = dns_class::none;
  record.ttl = 0;
  return record;
}

/// Section 2.4.2: the RRset exists with exactly these values; or, without any, 2.4.3.
void demand(DnsMessage& update, const DnsName& name, std::uint16_t type, const std::vector<DnsRecord>& records) {
  bool any = false;
  for (const auto& record : records) {
    if (record.type != type) continue;
    update.answers.push_back(record);
    any = true;
  }
  if (!any) update.answers.push_back(absent(name, type));
}

void delete_old(DnsMessage& update, const DnsName& name, std::uint16_t type, const std::vector<DnsRecord>& records) {
  const bool any = std::ranges::any_of(records, [type](const DnsRecord& record) { return record.type == type; });
  if (any) update.authorities.push_back(delete_all(name, type));
}

Result<DnsRecord> target_record(const DnsName& owner, const ServiceTarget& target, std::uint32_t ttl) {
  const auto host = FO_TRY(DnsName::from_text(target.host));
  const auto& srv = target.srv;
  return srv ? srv_record(owner, {srv->priority, srv->weight, srv->port, host}, ttl) : cname_record(owner, host, ttl);
}

Result<std::vector<DnsRecord>> records_of(const ServiceNames& names, const ServiceRecord& service, std::uint32_t ttl) {
  std::vector<DnsRecord> records;
  const auto addresses = FO_TRY(canonical_addresses(service.addresses));
  records.reserve(addresses.size() + service.targets.size() + 1);
  if (names.has_service) {
    for (const auto& address : addresses) records.push_back(FO_TRY(address_record(names.service, address, ttl)));
    for (const auto& target : service.targets) records.push_back(FO_TRY(target_record(names.service, target, ttl)));
  }
  if (!service.mark || !names.has_mark) return records;
  const auto text = to_txt(*service.mark);
  if (FO_TRY(parse_epoch_mark(text)) != *service.mark) {
    return fail(ErrorKind::internal, fmt::format("the epoch mark '{}' would not be read back as it was meant", text));
  }
  records.push_back(FO_TRY(txt_record(names.epoch_record, text, ttl)));
  return records;
}

/// The types that the service's name is moved by.
std::vector<std::uint16_t> service_types(const ServiceNames& names, const ServiceRecord& from) {
  if (!names.has_service) return {};
  if (names.by_srv()) return {dns_type::srv};
  if (!from.targets.empty()) return {dns_type::cname};
  return {dns_type::a, dns_type::aaaa};
}

/// Property epoch, and that a name is never left without an address.
Result<void> check_step(const ServiceRecord& from, const ServiceRecord& to) {
  if (to.addresses.empty() && !from.addresses.empty()) {
    return fail(ErrorKind::refused, "the name would be left without an address; say which one it shall have");
  }
  if (!from.mark) return {};
  if (!to.mark)
    return fail(ErrorKind::refused, "the epoch mark in DNS would be taken away; keep it or write a newer one");
  if (to.mark->epoch < from.mark->epoch) {
    return fail(ErrorKind::refused, fmt::format("DNS already carries epoch {} of node {}, newer than {}",
                                                from.mark->epoch, from.mark->node, to.mark->epoch));
  }
  if (to.mark->epoch == from.mark->epoch && to.mark->node != from.mark->node) {
    return fail(ErrorKind::refused,
                fmt::format("epoch {} already belongs to node {}", from.mark->epoch, from.mark->node));
  }
  return {};
}

}  // namespace

Result<DnsMessage> swap_update(const DnsName& zone, const ServiceNames& names, const ServiceRecord& from,
                               const ServiceRecord& to, std::chrono::seconds ttl) {
  FO_TRY(check_step(from, to));
  FO_TRY(check_shape(from, to));
  DnsMessage update = empty_update(zone);
  const auto before = FO_TRY(records_of(names, from, 0));
  const auto types = service_types(names, from);
  for (const auto type : types) demand(update, names.service, type, before);
  if (names.has_mark) demand(update, names.epoch_record, dns_type::txt, before);
  const bool alias = !types.empty() && types.front() == dns_type::cname;
  if (names.has_service && !alias) update.answers.push_back(absent(names.service, dns_type::cname));
  if (names.has_mark) update.answers.push_back(absent(names.epoch_record, dns_type::cname));

  // What is not there needs no deletion, and no right to it.
  for (const auto type : types) delete_old(update, names.service, type, before);
  if (names.has_mark) delete_old(update, names.epoch_record, dns_type::txt, before);
  auto after = FO_TRY(records_of(names, to, static_cast<std::uint32_t>((to.ttl.count() != 0 ? to.ttl : ttl).count())));
  for (auto& record : after) update.authorities.push_back(std::move(record));
  return update;
}

Result<DnsMessage> access_update(const DnsName& zone, const ServiceNames& names, bool alias) {
  DnsMessage update = empty_update(zone);
  // Sections 2.4.4 and 2.4.5: the name is in use, and it is not.
  const auto& any_name = names.has_service ? names.service : names.epoch_record;
  update.answers.push_back({any_name, dns_type::any, dns_class::any, 0, {}});
  update.answers.push_back({any_name, dns_type::any, dns_class::none, 0, {}});
  if (names.has_service && names.by_srv()) {
    update.authorities.push_back(delete_one(srv_record(names.service, {}, 0)));
  } else if (names.has_service && alias) {
    update.authorities.push_back(delete_one(cname_record(names.service, DnsName(), 0)));
  } else if (names.has_service) {
    update.authorities.push_back(delete_one(FO_TRY(address_record(names.service, "0.0.0.0", 0))));
    update.authorities.push_back(delete_one(FO_TRY(address_record(names.service, "::", 0))));
  }
  if (names.has_mark) {
    update.authorities.push_back(delete_one(FO_TRY(txt_record(names.epoch_record, "failover access check", 0))));
  }
  return update;
}

}  // namespace failover
