#pragma once

#include <string>

#include "fo-promote/init/answers.hpp"

namespace failover::promote_tool {

/// The configuration of the host that the answers speak of (`node`): every key with a line that says what it is for. It
/// has the keys that no question stands for, too, as they were given. Pure.
std::string config_text(const Answers& answers);

}  // namespace failover::promote_tool
