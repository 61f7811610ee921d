#pragma once

#include <span>
#include <string>
#include <vector>

#include <failover/error.hpp>

#include "net/address.hpp"

namespace failover {

/// Kind refused when one of `asked` is an address of this host's interfaces or one of `also_ours` (numeric). Loopback
/// is let pass: what stands there was put there on purpose.
Result<void> refuse_own_address(std::span<const Address> asked, const std::vector<std::string>& also_ours);

}  // namespace failover
