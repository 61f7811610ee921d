#pragma once

#include <filesystem>
#include <string>
#include <string_view>

#include <failover/error.hpp>

namespace failover::cli {

/// A label's value in Prometheus' text format: quote, backslash and line end escaped.
std::string label_value(std::string_view text);

/// Replaces a file for Prometheus' node exporter (textfile collector) atomically, so that it is never read half.
Result<void> replace_textfile(const std::filesystem::path& path, std::string_view text);

}  // namespace failover::cli
