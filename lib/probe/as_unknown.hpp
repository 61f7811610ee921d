#pragma once

#include <string_view>

#include <failover/observer.hpp>

namespace failover {

/// A result that must not count (property unknown-is-not-down), with the reason added to its detail.
Observation as_unknown(Observation observation, std::string_view reason);

}  // namespace failover
