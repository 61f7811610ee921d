#pragma once

#include <string>

#include <failover/error.hpp>

namespace failover {

/// 128 bits from the kernel, in hexadecimal: what tells two claims apart that have the same epoch and the same node.
Result<std::string> random_claim();

}  // namespace failover
