#pragma once

#include <span>
#include <vector>

#include <failover/error.hpp>

#include "net/dns_message.hpp"

namespace failover {

/// One question with a random ID (RFC 5452 section 9.2). An error means that the system gives no random numbers.
Result<DnsMessage> make_dns_query(const DnsQuestion& question);

/// One query each, no two with the same ID, so that an answer says which of them it is for.
Result<std::vector<DnsMessage>> make_dns_queries(std::span<const DnsQuestion> questions);

/// Gives a request a fresh random ID.
Result<void> renew_dns_id(DnsMessage& request);

/// An answer to `request` by its header and its question. Where the transport proves the sender, a server may leave
/// the question out: RFC 2136 section 3.8 allows it for an update, and errors often come so.
bool is_dns_answer(const DnsMessage& answer, const DnsMessage& request, bool may_leave_out_question) noexcept;

}  // namespace failover
