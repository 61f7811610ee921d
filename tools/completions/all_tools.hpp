#pragma once

#include <vector>

#include "completions/option_table.hpp"

namespace failover::completions {

/// The tables of the four tools.
std::vector<ToolTable> all_tables();

}  // namespace failover::completions
