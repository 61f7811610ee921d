#include "probe/dns_answer.hpp"

#include <algorithm>
#include <cstddef>

#include <fmt/format.h>

#include <failover/observer.hpp>

#include "net/dns_message.hpp"
#include "net/dns_name.hpp"
#include "net/dns_rdata.hpp"
#include "net/dns_type_text.hpp"
#include "probe/prober.hpp"

namespace failover {

namespace {

/// Follows CNAMEs through the answer, in whatever order they stand there.
DnsName end_of_aliases(const DnsMessage& answer, const DnsQuestion& question) {
  auto name = question.name;
  if (question.type == dns_type::cname) return name;
  // A chain is no longer than the records there are: circles end here.
  for (std::size_t i = 0; i < answer.answers.size(); ++i) {
    const auto alias = std::ranges::find_if(answer.answers, [&](const DnsRecord& record) {
      return record.type == dns_type::cname && record.rr_class == question.rr_class && record.name == name;
    });
    if (alias == answer.answers.end()) break;
    const auto next = name_in(*alias);
    if (!next) break;
    name = *next;
  }
  return name;
}

}  // namespace

Finding judge_dns_answer(const DnsMessage& answer, const DnsQuestion& question) {
  const auto type = dns_type_text(question.type);
  if (answer.rcode != dns_rcode::noerror) return found(Health::down, rcode_text(answer.rcode));
  const auto name = end_of_aliases(answer, question);
  const auto count = std::ranges::count_if(answer.answers, [&](const DnsRecord& record) {
    return record.type == question.type && record.rr_class == question.rr_class && record.name == name;
  });
  if (count > 0) return found(Health::up, fmt::format("NOERROR, {} {} record{}", count, type, count == 1 ? "" : "s"));
  const bool referral = !answer.authoritative && std::ranges::any_of(answer.authorities, [](const DnsRecord& record) {
    return record.type == dns_type::ns;
  });
  return found(Health::down, fmt::format("NOERROR, but no {} record{}", type, referral ? ": it refers elsewhere" : ""));
}

}  // namespace failover
