#pragma once

#include <memory>

#include <failover/dns.hpp>

namespace failover {

/// For what no name server can be asked about: reads the view back where it was written.
/// @param reader of the same view
std::unique_ptr<DnsVerifier> make_readback_verifier(std::unique_ptr<DnsUpdater> reader);

}  // namespace failover
