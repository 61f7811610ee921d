#pragma once

#include <string>
#include <string_view>

namespace failover {

/// What a target asks, however it is spelt: "sip://a" and "sip://A:5060" are one. Text that is no target is its own
/// identity.
std::string target_identity(std::string_view text);

}  // namespace failover
