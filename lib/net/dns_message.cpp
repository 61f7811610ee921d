#include "net/dns_message.hpp"

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include <fmt/format.h>

#include <failover/error.hpp>

namespace failover {

namespace {

constexpr std::size_t max_message = 65535;

Result<void> append_records(std::string& wire, const std::vector<DnsRecord>& records) {
  for (const auto& record : records) {
    if (record.rdata.size() > max_message) return fail(ErrorKind::internal, "a DNS record is larger than 64 KiB");
    wire += record.name.wire();
    append_u16(wire, record.type);
    append_u16(wire, record.rr_class);
    append_u32(wire, record.ttl);
    append_u16(wire, static_cast<std::uint16_t>(record.rdata.size()));
    wire += record.rdata;
    if (wire.size() > max_message) return fail(ErrorKind::internal, "a DNS message is larger than 64 KiB");
  }
  return {};
}

std::uint16_t flags_of(const DnsMessage& message) noexcept {
  unsigned flags = static_cast<unsigned>(message.opcode & 0x0fU) << 11U;
  if (message.response) flags |= 0x8000U;
  if (message.authoritative) flags |= 0x0400U;
  if (message.truncated) flags |= 0x0200U;
  if (message.recursion_desired) flags |= 0x0100U;
  if (message.recursion_available) flags |= 0x0080U;
  return static_cast<std::uint16_t>(flags | (message.rcode & 0x0fU));
}

}  // namespace

void append_u16(std::string& out, std::uint16_t value) {
  out += static_cast<char>(value >> 8U);
  out += static_cast<char>(value & 0xffU);
}

void append_u32(std::string& out, std::uint32_t value) {
  append_u16(out, static_cast<std::uint16_t>(value >> 16U));
  append_u16(out, static_cast<std::uint16_t>(value & 0xffffU));
}

Result<std::string> build_dns_message(const DnsMessage& message) {
  for (const std::size_t count :
       {message.questions.size(), message.answers.size(), message.authorities.size(), message.additionals.size()}) {
    if (count > max_message) return fail(ErrorKind::internal, "a DNS message has too many records");
  }
  std::string wire;
  append_u16(wire, message.id);
  append_u16(wire, flags_of(message));
  append_u16(wire, static_cast<std::uint16_t>(message.questions.size()));
  append_u16(wire, static_cast<std::uint16_t>(message.answers.size()));
  append_u16(wire, static_cast<std::uint16_t>(message.authorities.size()));
  append_u16(wire, static_cast<std::uint16_t>(message.additionals.size()));
  for (const auto& question : message.questions) {
    wire += question.name.wire();
    append_u16(wire, question.type);
    append_u16(wire, question.rr_class);
  }
  FO_TRY(append_records(wire, message.answers));
  FO_TRY(append_records(wire, message.authorities));
  FO_TRY(append_records(wire, message.additionals));
  if (wire.size() > max_message) return fail(ErrorKind::internal, "a DNS message is larger than 64 KiB");
  return wire;
}

std::string rcode_text(std::uint16_t rcode) {
  switch (rcode) {
    case dns_rcode::noerror:
      return "NOERROR";
    case dns_rcode::formerr:
      return "FORMERR";
    case dns_rcode::servfail:
      return "SERVFAIL";
    case dns_rcode::nxdomain:
      return "NXDOMAIN";
    case dns_rcode::notimp:
      return "NOTIMP";
    case dns_rcode::refused:
      return "REFUSED";
    case dns_rcode::yxdomain:
      return "YXDOMAIN";
    case dns_rcode::yxrrset:
      return "YXRRSET";
    case dns_rcode::nxrrset:
      return "NXRRSET";
    case dns_rcode::notauth:
      return "NOTAUTH";
    case dns_rcode::notzone:
      return "NOTZONE";
    case dns_rcode::badsig:
      return "BADSIG";
    case dns_rcode::badkey:
      return "BADKEY";
    case dns_rcode::badtime:
      return "BADTIME";
    case dns_rcode::badmode:
      return "BADMODE";
    case dns_rcode::badname:
      return "BADNAME";
    case dns_rcode::badalg:
      return "BADALG";
    case dns_rcode::badtrunc:
      return "BADTRUNC";
    default:
      return fmt::format("RCODE {}", rcode);
  }
}

}  // namespace failover
