#pragma once

#include <expected>
#include <optional>
#include <vector>

#include "core/fd.hpp"
#include "net/address.hpp"

namespace failover {

/// A non-blocking socket of `type` (SOCK_STREAM, SOCK_DGRAM) on the way to `peer`, bound to `source` if one is given.
/// A stream's connection is usually still being made.
/// @return errno of a failure that the system found at once, so before anything reached the network.
std::expected<Fd, int> connect_socket(const Address& peer, int type, const std::optional<Address>& source) noexcept;

/// Whether a packet to `peer` could leave this host: asks the routing table and sends nothing. 0, or an errno.
int check_route(const Address& peer, const std::optional<Address>& source) noexcept;

/// The error that is pending on a socket, taken from it; 0 = none.
int take_socket_error(int fd) noexcept;

/// The addresses of this host's interfaces, without loopback. On failure an errno.
std::expected<std::vector<Address>, int> interface_addresses();

}  // namespace failover
