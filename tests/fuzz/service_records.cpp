#include "net/service_records.hpp"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <tuple>
#include <vector>

#include "fuzz/must.hpp"
#include "fuzz/target.hpp"
#include "net/dns_message.hpp"
#include "probe/sip_options.hpp"
#include "probe/sip_route.hpp"

using failover::NaptrRecord;
using failover::ServiceType;
using failover::SipTransport;
using failover::SrvRecord;
using failover::test::must;

namespace {

using Numbers = std::vector<std::tuple<unsigned, unsigned>>;

unsigned number_at(std::string_view bytes, std::size_t at) {
  return static_cast<unsigned char>(bytes[at]) * 256U + static_cast<unsigned char>(bytes[at + 1]);
}

/// The first two numbers of every record of that type, as our own reader of messages finds them.
Numbers stated(std::string_view answer, ServiceType type) {
  Numbers numbers;
  const auto message = failover::parse_dns_message(answer);
  if (!message) return numbers;
  for (const auto& record : message->answers) {
    if (record.type != static_cast<std::uint16_t>(type) || record.rr_class != failover::dns_class::in) continue;
    if (record.rdata.size() >= 4) numbers.emplace_back(number_at(record.rdata, 0), number_at(record.rdata, 2));
  }
  std::ranges::sort(numbers);
  return numbers;
}

void check_stated(Numbers numbers, std::string_view answer, ServiceType type) {
  must(numbers.size() <= 64, "at most 64 records");
  if (numbers.size() == 64 || !failover::parse_dns_message(answer)) return;
  std::ranges::sort(numbers);
  must(numbers == stated(answer, type), "every record that stands there, and none that does not");
}

auto fields(const SrvRecord& one) {
  return std::tie(one.priority, one.weight, one.port, one.target);
}

/// RFC 2782: by priority, and nothing is lost.
void check_order(const std::vector<SrvRecord>& records, std::uint32_t seed) {
  auto chance = seed;
  const auto random = [&](std::uint32_t most) {
    chance = chance * 1664525U + 1013904223U;
    // Both ends are what a mistake in the sums falls over.
    return seed == 0 ? 0U : seed == 1 ? most : static_cast<std::uint32_t>(chance % (std::uint64_t{most} + 1));
  };
  auto ordered = failover::in_order(records, random);
  must(std::ranges::is_sorted(ordered, {}, &SrvRecord::priority), "servers come by priority");
  if (seed == 0 && !ordered.empty()) {
    const bool light = std::ranges::any_of(
        records, [&](const SrvRecord& one) { return one.priority == ordered.front().priority && one.weight == 0; });
    must((ordered.front().weight == 0) == light, "the lowest number draws one of weight 0");
  }
  auto all = records;
  std::ranges::sort(all, {}, fields);
  std::ranges::sort(ordered, {}, fields);
  must(std::ranges::equal(all, ordered, {}, fields, fields), "no server is lost and none added");
}

bool is_word(std::string_view text, std::string_view lower) {
  return std::ranges::equal(text, lower,
                            [](char a, char b) { return (a >= 'A' && a <= 'Z' ? a - 'A' + 'a' : a) == b; });
}

bool is_for(const NaptrRecord& record, SipTransport transport) {
  const auto* const service = transport == SipTransport::udp   ? "sip+d2u"
                              : transport == SipTransport::tcp ? "sip+d2t"
                                                               : "sips+d2t";
  return is_word(record.service, service) && is_word(record.flags, "s") && !record.replacement.empty();
}

/// RFC 3263 section 4.1, written a second time: the best of what is left, each time.
void check_services(std::vector<NaptrRecord> left, bool sips) {
  const auto services = failover::services_of(left, sips);
  std::erase_if(left, [&](const NaptrRecord& one) {
    const bool plain = is_for(one, SipTransport::udp) || is_for(one, SipTransport::tcp);
    return !is_for(one, SipTransport::tls) && (sips || !plain);
  });
  must(left.size() == services.size(), "every service that we speak, and no other");
  for (const auto& service : services) {
    const auto best =
        std::ranges::min_element(left, {}, [](const NaptrRecord& one) { return std::tie(one.order, one.preference); });
    must(best->replacement == service.name && is_for(*best, service.transport), "services come by their order");
    must(!sips || service.transport == SipTransport::tls, "sips never goes without TLS");
    left.erase(best);
  }
}

}  // namespace

/// An octet is the draw by weight, the rest is an answer.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size < 1) return 0;
  const auto answer = failover::test::as_text(data, size).substr(1);
  const std::span<const unsigned char> bytes(data + 1, size - 1);
  if (const auto found = parse_service_records(bytes, ServiceType::srv)) {
    must(found->naptr.empty(), "only what was asked for");
    Numbers numbers;
    for (const auto& one : found->srv) numbers.emplace_back(one.priority, one.weight);
    check_stated(numbers, answer, ServiceType::srv);
    for (const std::uint32_t seed : {0U, 1U, data[0] + 2U}) check_order(found->srv, seed);
  }
  if (const auto found = parse_service_records(bytes, ServiceType::naptr)) {
    must(found->srv.empty(), "only what was asked for");
    Numbers numbers;
    for (const auto& one : found->naptr) numbers.emplace_back(one.order, one.preference);
    check_stated(numbers, answer, ServiceType::naptr);
    for (const bool sips : {false, true}) check_services(found->naptr, sips);
  }
  return 0;
}
