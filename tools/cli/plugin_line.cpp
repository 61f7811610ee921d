#include "cli/plugin_line.hpp"

#include <algorithm>
#include <array>
#include <cstddef>
#include <span>
#include <string>
#include <string_view>

#include <fmt/format.h>

namespace failover::cli {

namespace {

constexpr std::array<std::string_view, 4> words{"OK", "WARNING", "CRITICAL", "UNKNOWN"};

/// A label may hold neither quotes nor an equals sign.
std::string label(std::string text) {
  std::ranges::replace(text, '\'', '_');
  std::ranges::replace(text, '=', '_');
  return text;
}

}  // namespace

std::string plugin_line(std::string_view what, int status, std::string_view text) {
  auto line = fmt::format("{} {} - {}", what, words.at(static_cast<std::size_t>(status)), text);
  std::ranges::replace(line, '|', '/');
  std::ranges::replace(line, '\n', ' ');
  return line;
}

std::string perfdata_text(std::span<const PerfValue> values) {
  std::string text;
  for (const auto& one : values) {
    text +=
        fmt::format("{}'{}'={};{};{}", text.empty() ? "" : " ", label(one.label), one.value, one.warning, one.critical);
  }
  return text;
}

}  // namespace failover::cli
