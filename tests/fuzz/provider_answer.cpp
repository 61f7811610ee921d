// What providers answer over HTTP. The first byte chooses the reader.

#include <algorithm>
#include <cctype>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include <failover/dns.hpp>
#include <failover/error.hpp>

#include "dns/clouddns_json.hpp"
#include "dns/cloudflare_json.hpp"
#include "dns/exec_message.hpp"
#include "dns/powerdns_json.hpp"
#include "dns/record_set.hpp"
#include "dns/route53_xml.hpp"
#include "dns/service_reading.hpp"
#include "fuzz/must.hpp"
#include "fuzz/target.hpp"
#include "net/dns_name.hpp"

using failover::DnsName;
using failover::RecordSet;
using failover::Result;
using failover::ServiceNames;
using failover::ServiceRecord;
using failover::test::must;

namespace {

const ServiceNames& names() {
  static const ServiceNames both{*DnsName::from_text("sip.pbx.test"), *DnsName::from_text("_failover.sip.pbx.test")};
  return both;
}

bool is_word(const std::string& text) {
  return !text.empty() && text.size() <= 64 &&
         std::ranges::all_of(text, [](unsigned char c) { return c < 0x80 && std::isalnum(c) != 0; });
}

/// Whatever was read: a change that makes it something else says so, and read again it is that.
void check_sets(const Result<std::vector<RecordSet>>& sets) {
  if (!sets) return;
  for (const auto& set : *sets) {
    must(set.name == names().service, "only the name that was asked for");
    must(set.ids.empty() || set.ids.size() == set.values.size(), "an identity for each value");
    must(std::ranges::all_of(set.ids, is_word), "an identity can stand in a request");
  }
  const auto service = failover::service_in(*sets, names());
  if (!service) return;
  must(service->addresses.size() <= 64, "no more addresses than a PBX has");
  const ServiceRecord to{
      {"192.0.2.7", "2001:db8::7"}, std::chrono::seconds(77), failover::EpochMark{7, "n", "2026-11-23T06:07:00Z"}};
  const auto change = failover::change_to(*sets, names(), to, std::chrono::seconds(60));
  must(change.has_value(), "a change can be made of it");
  std::vector<RecordSet> after;
  for (const auto& set : *sets) {
    if (std::ranges::find(change->remove, set) == change->remove.end()) after.push_back(set);
  }
  for (const auto& set : change->add) {
    const auto same = [&](const RecordSet& other) { return other.name == set.name && other.type == set.type; };
    must(std::ranges::none_of(after, same), "nothing is added to what stays");
    after.push_back(set);
  }
  const auto there = failover::service_in(after, names());
  must(there && failover::same_content(*there, to), "after the change it says what it shall");
  must(failover::change_to(after, names(), to, std::chrono::seconds(60))->empty(), "and then there is nothing to do");
}

void check_route53(std::string_view text) {
  check_sets(failover::parse_route53_sets(text, names().service));
  if (const auto zone = failover::parse_route53_zone(text)) must(zone->name != DnsName(), "a zone has a name");
  if (const auto change = failover::parse_route53_change(text)) must(is_word(change->id), "an identity fits a path");
  (void)failover::route53_complaint(400, text);
}

void check_clouddns(std::string_view text) {
  check_sets(failover::parse_clouddns_sets(text, names().service));
  if (const auto zone = failover::parse_clouddns_zone(text)) must(zone->name != DnsName(), "a zone has a name");
  if (const auto change = failover::parse_clouddns_change(text)) must(is_word(change->id), "an identity fits a path");
  (void)failover::clouddns_complaint(404, text);
}

void check_cloudflare(std::string_view text) {
  check_sets(failover::parse_cloudflare_records(text, names().service));
  if (const auto zone = failover::parse_cloudflare_zone(text)) must(is_word(zone->id), "an identity fits a path");
  (void)failover::cloudflare_complaint(400, text);
}

void check_exec(std::string_view text) {
  const auto record = failover::parse_exec_answer(text);
  if (!record) return;
  must(failover::canonical_addresses(record->addresses) == record->addresses, "addresses are in one spelling");
  must(!record->mark || failover::parse_epoch_mark(failover::to_txt(*record->mark)) == *record->mark,
       "a mark is written as it was read");
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0) return 0;
  const auto text = failover::test::as_text(data + 1, size - 1);
  switch (data[0] % 5) {
    case 0:
      check_sets(failover::parse_powerdns_zone(text, names().service));
      (void)failover::powerdns_complaint(422, text);
      break;
    case 1:
      check_cloudflare(text);
      break;
    case 2:
      check_route53(text);
      break;
    case 3:
      check_clouddns(text);
      break;
    default:
      check_exec(text);
  }
  return 0;
}
