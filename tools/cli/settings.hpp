#pragma once

#include <span>
#include <string_view>

#include <failover/error.hpp>

#include "cli/config_file.hpp"

namespace CLI {
class App;
}

namespace failover::cli {

/// Gives the options that the command line left alone their values from the file: own section before [common]. A key
/// is the long name of an option or the lower-case name of an operand. Unknown keys, single-valued keys given twice
/// and bad values are errors of kind config that begin with FILE:LINE.
/// @param section the tool's own section.
Result<void> merge_config(CLI::App& app, std::string_view section, const ConfigFile& file);

/// Every key that some tool knows in a section ("common": the keys of all tools); generated from the option tables.
std::span<const std::string_view> known_keys(std::string_view section) noexcept;

}  // namespace failover::cli
