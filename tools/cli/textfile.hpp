#pragma once

#include <filesystem>
#include <string>
#include <string_view>

#include <failover/error.hpp>

namespace failover::cli {

/// A label's value in Prometheus' text format: quote, backslash and line end escaped.
std::string label_value(std::string_view text);

/// Replaces a file that others read, such as one for Prometheus' node exporter (textfile collector), atomically, so
/// that it is never read half. @param what it is, for the message
Result<void> replace_textfile(const std::filesystem::path& path, std::string_view text,
                              std::string_view what = "the metrics file");

}  // namespace failover::cli
