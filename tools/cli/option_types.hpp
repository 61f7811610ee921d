#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include <CLI/CLI.hpp>

#include <failover/context.hpp>

/// Option types that CLI11 does not have: our durations and sizes.
namespace failover::cli {

CLI::Option* add_duration(CLI::App& app, const std::string& names, Duration& value, const std::string& help);
CLI::Option* add_duration(CLI::App& app, const std::string& names, std::optional<Duration>& value,
                          const std::string& help);
CLI::Option* add_size(CLI::App& app, const std::string& names, std::uint64_t& value, const std::string& help);
CLI::Option* add_size(CLI::App& app, const std::string& names, std::optional<std::uint64_t>& value,
                      const std::string& help);

}  // namespace failover::cli
