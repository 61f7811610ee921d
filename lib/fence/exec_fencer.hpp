#pragma once

#include <memory>
#include <string_view>

#include <failover/error.hpp>
#include <failover/fencer.hpp>

namespace failover {

/// A fencer that is a program of the admin's: `exec:///FILE?kind=power|service[&timeout=60s]`.
///
/// It is run without a shell as `FILE status` or `FILE fence EPOCH`, with FO_FENCE_VERB, FO_FENCE_NODE,
/// FO_FENCE_ADDRESS, FO_FENCE_EPOCH and FO_FENCE_KIND in an otherwise clean environment. `status` prints "on" or "off"
/// on its first line and exits 0; `fence` makes the node be off, also when it is off already, and exits 0. Anything
/// else - another word, another exit status, a time-out - is a failure: what is not known is not off.
Result<std::unique_ptr<Fencer>> make_exec_fencer(std::string_view spec);

}  // namespace failover
