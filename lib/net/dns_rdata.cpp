#include "net/dns_rdata.hpp"

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
