#include "net/dns_message.hpp"

#include <cstddef>
#include <cstdint>
#include <string>

#include "fuzz/must.hpp"
#include "fuzz/target.hpp"
#include "net/dns_name.hpp"
#include "net/dns_rdata.hpp"

using failover::DnsMessage;
using failover::DnsName;
using failover::DnsRecord;
using failover::test::must;

namespace {

void check_name(const DnsName& name) {
  must(!name.wire().empty() && name.wire().size() <= 255, "a name is 1 to 255 octets");
  const auto again = DnsName::from_text(name.to_text());
  must(again.has_value(), "a name's text is a name");
  must(again->wire() == name.wire(), "a name's text is the same name");
}

void check_record(const DnsRecord& record) {
  check_name(record.name);
  const bool of_internet = record.rr_class == failover::dns_class::in;
  if (of_internet && record.type == failover::dns_type::a) {
    must(address_text(record).has_value() == (record.rdata.size() == 4), "an A record is an IPv4 address");
  }
  if (of_internet && record.type == failover::dns_type::aaaa) {
    must(address_text(record).has_value() == (record.rdata.size() == 16), "an AAAA record is an IPv6 address");
  }
  if (const auto strings = txt_strings(record)) {
    for (const auto& text : *strings) must(text.size() <= 255, "a character string has at most 255 octets");
  }
  if (const auto name = name_in(record)) check_name(*name);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const auto wire = failover::test::as_text(data, size);
  auto message = failover::parse_dns_message(wire);
  if (!message) return 0;
  for (const auto& question : message->questions) check_name(question.name);
  for (const auto* section : {&message->answers, &message->authorities, &message->additionals}) {
    for (const auto& record : *section) check_record(record);
  }
  must(!message->tsig || (message->tsig_offset >= 12 && message->tsig_offset < size), "a TSIG has its place");

  message->tsig.reset();
  message->tsig_offset = 0;
  const auto built = failover::build_dns_message(*message);
  // Names are written without compression, so a message full of pointers may not fit any more.
  if (!built) return 0;
  const auto again = failover::parse_dns_message(*built);
  must(again && *again == *message, "a message written anew is the same");
  return 0;
}
