#include "net/dns_query.hpp"

#include <cstdint>
#include <set>
#include <span>
#include <utility>
#include <vector>

#include <sys/random.h>

#include <failover/error.hpp>

#include "core/system_error.hpp"
#include "net/dns_message.hpp"

namespace failover {

Result<void> renew_dns_id(DnsMessage& request) {
  if (::getrandom(&request.id, sizeof request.id, 0) != sizeof request.id) {
    return fail_errno("cannot get random bytes");
  }
  return {};
}

Result<DnsMessage> make_dns_query(const DnsQuestion& question) {
  DnsMessage query;
  query.questions.push_back(question);
  FO_TRY(renew_dns_id(query));
  return query;
}

Result<std::vector<DnsMessage>> make_dns_queries(std::span<const DnsQuestion> questions) {
  std::vector<DnsMessage> queries;
  std::set<std::uint16_t> used;
  for (const auto& question : questions) {
    auto query = FO_TRY(make_dns_query(question));
    while (!used.insert(query.id).second) FO_TRY(renew_dns_id(query));
    queries.push_back(std::move(query));
  }
  return queries;
}

bool is_dns_answer(const DnsMessage& answer, const DnsMessage& request, bool may_leave_out_question) noexcept {
  if (!answer.response || answer.id != request.id || answer.opcode != request.opcode) return false;
  return answer.questions == request.questions || (may_leave_out_question && answer.questions.empty());
}

}  // namespace failover
