#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include <failover/error.hpp>

#include "net/dns_message.hpp"
#include "net/dns_name.hpp"

namespace failover {

/// A or AAAA by the look of the text; an error of kind usage if it is no numeric address.
Result<DnsRecord> address_record(const DnsName& name, std::string_view address, std::uint32_t ttl);
/// One string of at most 255 octets.
Result<DnsRecord> txt_record(const DnsName& name, std::string_view text, std::uint32_t ttl);

/// What an SRV record says (RFC 2782).
struct DnsSrv {
  std::uint16_t priority = 0;
  std::uint16_t weight = 0;
  std::uint16_t port = 0;
  DnsName target;
};

DnsRecord cname_record(const DnsName& name, const DnsName& target, std::uint32_t ttl);
DnsRecord srv_record(const DnsName& name, const DnsSrv& srv, std::uint32_t ttl);

/// The data of an SRV record; its target is not compressed (RFC 2782), so one that is, is an error.
Result<DnsSrv> srv_in(const DnsRecord& record);
/// How long caches may remember that a record does not exist: the smaller of the SOA record's TTL and its last field
/// (RFC 2308 section 5), in seconds.
Result<std::uint32_t> negative_ttl_in(const DnsRecord& record);
/// The address of an A or AAAA record as inet_ntop(3) writes it; an error for any other record.
Result<std::string> address_text(const DnsRecord& record);
/// The character strings of a TXT record (RFC 1035 section 3.3.14).
Result<std::vector<std::string>> txt_strings(const DnsRecord& record);
/// The one name that the data of an NS or CNAME record is.
Result<DnsName> name_in(const DnsRecord& record);

}  // namespace failover
