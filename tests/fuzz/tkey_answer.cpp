#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <string>

#include "fuzz/must.hpp"
#include "fuzz/target.hpp"
#include "net/dns_message.hpp"
#include "net/dns_name.hpp"
#include "net/tkey.hpp"

using failover::DnsName;
using failover::test::must;

/// The whole input is what a server answers to a TKEY query.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const auto wire = failover::test::as_text(data, size);
  const auto answer = failover::parse_dns_message(wire);
  if (!answer) return 0;
  const DnsName ours = *DnsName::from_text("0011.sig-dc1.ad.example");
  for (const auto& name : {ours, answer->answers.empty() ? ours : answer->answers.front().name}) {
    const auto token = failover::tkey_token(*answer, name);
    if (!token) continue;
    must(answer->rcode == failover::dns_rcode::noerror, "an error brings no token");
    must(std::ranges::count(answer->answers, failover::dns_type::tkey, &failover::DnsRecord::type) == 1,
         "from one TKEY");
    must(token->size() < 65'536 && answer->answers.end() != std::ranges::find_if(answer->answers,
                                                                                 [&](const auto& record) {
                                                                                   return record.name == name &&
                                                                                          record.rdata.find(*token) !=
                                                                                              std::string::npos;
                                                                                 }),
         "a token is what the server sent under our key's name");
  }
  return 0;
}
