#pragma once

#include <string_view>

#include "net/pinned_connection.hpp"
#include "probe/prober.hpp"

namespace failover {

/// When a system call's error came.
enum class Moment {
  asking,    ///< from the call itself, before anything can have reached the network
  answered,  ///< pending on the socket: the peer or the network answered
};

/// Whose fault an errno is (property unknown-is-not-down). The peer's, so down: refused, reset, timed out, aborted,
/// and, once we had asked, "no route to host", which is what a host says that is switched off on our own network.
/// Everything else is ours, so unknown: no network, no permission, no address, no descriptors, no memory.
bool is_peers_fault(int error, Moment moment) noexcept;

/// Down or unknown, with `work` in front of the system's words for it.
Finding finding_of(int error, Moment moment, std::string_view work);

/// The same for a connection. What libcurl cannot do is ours; a peer that closes or breaks the protocol is down.
Finding finding_of(const ConnectionFailure& failure, std::string_view work);

}  // namespace failover
