#pragma once

#include <memory>
#include <string_view>

#include <failover/error.hpp>
#include <failover/fencer.hpp>

namespace failover {

/// A fence agent of ClusterLabs, as it is (FenceAgentAPI): `agent:fence_NAME?option=value&..`, of kind power.
///
/// Its options are lines `name=value` on its stdin, never arguments; a secret comes from a file, `password-file=FILE`.
/// Before it is asked anything its metadata must offer what is needed and know every option; then the device must be
/// the right one: the plug is in action=list, or action=monitor succeeds where there is no list. Then `off`, and
/// `status` until it says off (exit status 2). Anything else, a time-out among it, is a failure.
Result<std::unique_ptr<Fencer>> make_agent_fencer(std::string_view spec);

}  // namespace failover
