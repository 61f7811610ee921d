#pragma once

#include <optional>
#include <string>

#include "net/address.hpp"

namespace failover {

/// Why nothing from this host could have reached `peer` at this moment: no route, or the interface that it would leave
/// by is down or has no link. Nothing when all is well here. Sends nothing.
std::optional<std::string> cut_off_from(const Address& peer, const std::optional<Address>& source);

}  // namespace failover
