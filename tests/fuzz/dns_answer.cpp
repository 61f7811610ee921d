#include "probe/dns_answer.hpp"

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <vector>

#include <failover/observer.hpp>

#include "fuzz/must.hpp"
#include "fuzz/target.hpp"
#include "net/dns_message.hpp"
#include "net/dns_name.hpp"
#include "net/dns_rdata.hpp"
#include "probe/prober.hpp"

using failover::DnsMessage;
using failover::DnsName;
using failover::DnsQuestion;
using failover::DnsRecord;
using failover::Health;
using failover::test::must;

namespace {

namespace type = failover::dns_type;
constexpr std::array types{type::a, type::aaaa, type::ns, type::cname, type::soa, type::mx, type::txt, type::any};

bool is(const DnsRecord& record, std::uint16_t kind, const DnsQuestion& question, const DnsName& name) {
  return record.type == kind && record.rr_class == question.rr_class && record.name == name;
}

/// The name that was asked for and every other that its CNAMEs lead to, all of them where a server gives several.
std::vector<DnsName> names_of(const DnsMessage& answer, const DnsQuestion& question) {
  std::vector<DnsName> names{question.name};
  for (std::size_t i = 0; i < names.size(); ++i) {
    for (const auto& record : answer.answers) {
      if (!is(record, type::cname, question, names[i])) continue;
      const auto next = name_in(record);
      if (next && std::ranges::find(names, *next) == names.end()) names.push_back(*next);
    }
  }
  return names;
}

bool holds(const DnsMessage& answer, const DnsQuestion& question, const DnsName& name) {
  return std::ranges::any_of(answer.answers,
                             [&](const DnsRecord& record) { return is(record, question.type, question, name); });
}

void check(const DnsMessage& answer, const DnsQuestion& question) {
  const auto finding = judge_dns_answer(answer, question);
  must(finding.health.has_value(), "a server that answers is no unknown one");
  const bool good = answer.rcode == failover::dns_rcode::noerror;
  if (finding.health == Health::up) {
    must(good, "an error is no up");
    must(std::ranges::any_of(names_of(answer, question),
                             [&](const DnsName& name) { return holds(answer, question, name); }),
         "up only with a record of that type, at the name or where it leads");
  } else {
    const bool plain = question.type == type::cname || names_of(answer, question).size() == 1;
    must(!good || !plain || !holds(answer, question, question.name), "a record at the name itself is an up");
  }
  must(!finding.detail.empty() && std::ranges::all_of(finding.detail, [](char c) { return c >= ' ' && c <= '~'; }),
       "the detail is a clause");
}

}  // namespace

/// Two octets say which type and which of the names we ask for, the rest is the answer.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size < 2) return 0;
  const auto answer = failover::parse_dns_message(failover::test::as_text(data, size).substr(2));
  if (!answer) return 0;
  DnsQuestion question{.name = *DnsName::from_text("pbx.example"), .type = types.at(data[0] % types.size())};
  if (data[1] < answer->answers.size()) question.name = answer->answers[data[1]].name;
  check(*answer, question);
  if (!answer->questions.empty()) check(*answer, answer->questions.front());
  return 0;
}
