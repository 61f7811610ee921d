#pragma once

#include <string>
#include <string_view>

#include "probe/prober.hpp"

namespace failover {

/// What a monitoring plugin says for a person: its first line up to the performance data, at most 200 characters;
/// whatever a terminal might take for a command is '?'. Empty if it said nothing.
std::string plugin_line(std::string_view output);

/// What the end of a plugin means (Monitoring Plugins Development Guidelines section 2.4): exit status 0 is up, 1 up
/// with a warning, 2 down. 3 and everything else, a signal too, say that it could not find out: unknown. Pure.
/// @param code,status as waitid(2) gives them
/// @param line plugin_line() of what it wrote
Finding judge_plugin(int code, int status, std::string_view line);

}  // namespace failover
