#pragma once

#include <memory>

#include <failover/dns.hpp>

namespace failover {

/// Both must agree: the servers of the name's zone on the addresses, those of the mark's zone on the mark.
std::unique_ptr<DnsVerifier> make_apart_verifier(std::unique_ptr<DnsVerifier> service,
                                                 std::unique_ptr<DnsVerifier> mark);

}  // namespace failover
