#include "net/dns_rdata.hpp"

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include <arpa/inet.h>
#include <fmt/format.h>
#include <netinet/in.h>
#include <sys/socket.h>

#include <failover/error.hpp>

#include "net/dns_message.hpp"
#include "net/dns_name.hpp"

namespace failover {

namespace {

constexpr std::size_t srv_numbers = 6;
constexpr std::size_t soa_numbers = 20;

std::uint32_t number_at(std::string_view bytes, std::size_t place, std::size_t width) {
  std::uint32_t value = 0;
  for (std::size_t i = 0; i < width; ++i) value = value << 8U | static_cast<unsigned char>(bytes[place + i]);
  return value;
}

/// Whether these bytes are one name in wire form without compression, and nothing else.
bool is_plain_name(std::string_view wire) {
  constexpr std::size_t max_name = 255;
  constexpr std::size_t max_label = 63;
  if (wire.size() > max_name) return false;
  while (!wire.empty()) {
    const std::size_t length = static_cast<unsigned char>(wire.front());
    if (length == 0) return wire.size() == 1;
    if (length > max_label || wire.size() <= length) return false;
    wire.remove_prefix(length + 1);
  }
  return false;
}

}  // namespace

DnsRecord cname_record(const DnsName& name, const DnsName& target, std::uint32_t ttl) {
  return {name, dns_type::cname, dns_class::in, ttl, target.wire()};
}

DnsRecord srv_record(const DnsName& name, const DnsSrv& srv, std::uint32_t ttl) {
  std::string rdata;
  append_u16(rdata, srv.priority);
  append_u16(rdata, srv.weight);
  append_u16(rdata, srv.port);
  return {name, dns_type::srv, dns_class::in, ttl, rdata + srv.target.wire()};
}

Result<DnsSrv> srv_in(const DnsRecord& record) {
  const std::string_view data = record.rdata;
  if (record.type != dns_type::srv || data.size() <= srv_numbers || !is_plain_name(data.substr(srv_numbers))) {
    return fail(ErrorKind::protocol, "a DNS record holds no service (SRV)");
  }
  return DnsSrv{static_cast<std::uint16_t>(number_at(data, 0, 2)), static_cast<std::uint16_t>(number_at(data, 2, 2)),
                static_cast<std::uint16_t>(number_at(data, 4, 2)),
                DnsName::from_wire(std::string(data.substr(srv_numbers)))};
}

Result<std::uint32_t> negative_ttl_in(const DnsRecord& record) {
  if (record.type != dns_type::soa || record.rdata.size() <= soa_numbers) {
    return fail(ErrorKind::protocol, "a DNS record holds no start of authority (SOA)");
  }
  return std::min(record.ttl, number_at(record.rdata, record.rdata.size() - 4, 4));
}

Result<DnsRecord> address_record(const DnsName& name, std::string_view address, std::uint32_t ttl) {
  const std::string text(address);
  std::array<char, 16> bytes{};
  if (::inet_pton(AF_INET, text.c_str(), bytes.data()) == 1) {
    return DnsRecord{name, dns_type::a, dns_class::in, ttl, std::string(bytes.data(), 4)};
  }
  if (::inet_pton(AF_INET6, text.c_str(), bytes.data()) == 1) {
    return DnsRecord{name, dns_type::aaaa, dns_class::in, ttl, std::string(bytes.data(), bytes.size())};
  }
  return fail(ErrorKind::usage, fmt::format("'{}' is not an IPv4 or IPv6 address", address));
}

Result<DnsRecord> txt_record(const DnsName& name, std::string_view text, std::uint32_t ttl) {
  if (text.size() > 255) return fail(ErrorKind::usage, fmt::format("'{}' is too long for a TXT string (255)", text));
  std::string rdata(1, static_cast<char>(text.size()));
  rdata += text;
  return DnsRecord{name, dns_type::txt, dns_class::in, ttl, rdata};
}

Result<std::string> address_text(const DnsRecord& record) {
  const bool is_a = record.type == dns_type::a && record.rdata.size() == 4;
  const bool is_aaaa = record.type == dns_type::aaaa && record.rdata.size() == 16;
  if (!is_a && !is_aaaa) return fail(ErrorKind::protocol, "a DNS record holds no address");
  std::array<char, INET6_ADDRSTRLEN> text{};
  ::inet_ntop(is_a ? AF_INET : AF_INET6, record.rdata.data(), text.data(), text.size());
  return std::string(text.data());
}

Result<std::vector<std::string>> txt_strings(const DnsRecord& record) {
  std::vector<std::string> strings;
  std::string_view rest = record.rdata;
  if (record.type != dns_type::txt || rest.empty()) return fail(ErrorKind::protocol, "a DNS record holds no text");
  while (!rest.empty()) {
    const std::size_t length = static_cast<unsigned char>(rest.front());
    if (rest.size() < length + 1) return fail(ErrorKind::protocol, "a TXT record's strings do not fill it");
    strings.emplace_back(rest.substr(1, length));
    rest.remove_prefix(length + 1);
  }
  return strings;
}

Result<DnsName> name_in(const DnsRecord& record) {
  // Of other classes the parser knows no format, so it expanded and checked nothing.
  const bool of_internet = record.rr_class == dns_class::in || record.rr_class == dns_class::none;
  const bool has_name = of_internet && (record.type == dns_type::ns || record.type == dns_type::cname);
  if (!has_name || record.rdata.empty()) return fail(ErrorKind::protocol, "a DNS record holds no name");
  return DnsName::from_wire(record.rdata);
}

}  // namespace failover
