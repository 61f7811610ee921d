#pragma once

#include "net/dns_message.hpp"
#include "probe/prober.hpp"

namespace failover {

/// What an answer to our question says of the name server: up if it is NOERROR and holds a record of the type asked
/// for, at the name itself or at the end of its CNAMEs. Everything else (NXDOMAIN, SERVFAIL, REFUSED, no such record,
/// a referral) is down: the server answers, but does not serve this name. Pure.
Finding judge_dns_answer(const DnsMessage& answer, const DnsQuestion& question);

}  // namespace failover
