#pragma once

#include <functional>
#include <optional>

#include <failover/context.hpp>
#include <failover/dns.hpp>
#include <failover/error.hpp>

namespace failover {

/// What a view shall hold instead of what it holds; none = it is as it shall be. An error stops: a person decides, or
/// somebody else has won. Pure.
using SwapDecision = std::function<Result<std::optional<ServiceRecord>>(const ServiceRecord& current)>;

/// Told of every change before it is sent.
using BeforeSwap = std::function<Result<void>(const ServiceRecord& before, const ServiceRecord& wanted)>;

struct Swapped {
  ServiceRecord before;
  ServiceRecord wanted;
  bool now = false;  ///< by us, just now; else it was so
};

/// Looks at the primary, decides, swaps what was seen for what is wanted, and begins anew when somebody else was faster
/// or nobody answered. While the change is under way the verifier connects to its servers.
/// @param known what was seen before, if anything: the first swap then needs no look, since the compare-and-swap
/// notices if it is old. It never decides that nothing is to be done, or that it cannot be done.
Result<Swapped> swap_view(DnsView& view, std::optional<ServiceRecord> known, const SwapDecision& decide,
                          const BeforeSwap& before, const Context& context);

/// How long secondaries may take to follow their primary.
inline constexpr Duration follow_limit = std::chrono::minutes(1);

}  // namespace failover
