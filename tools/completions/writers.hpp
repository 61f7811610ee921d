#pragma once

#include <span>
#include <string>

#include "completions/option_table.hpp"

namespace failover::completions {

std::string to_bash(const ToolTable& table);
std::string to_zsh(const ToolTable& table);
std::string to_fish(const ToolTable& table);
/// The source of tools/cli/known_keys.cpp.
std::string to_known_keys(std::span<const ToolTable> tables);
/// All tables as one JSON document, for the tests.
std::string to_json(std::span<const ToolTable> tables);

}  // namespace failover::completions
