#include <algorithm>
#include <cctype>
#include <iterator>
#include <set>
#include <span>
#include <string>
#include <string_view>

#include <fmt/format.h>

#include "completions/option_table.hpp"
#include "completions/writers.hpp"

namespace failover::completions {

namespace {

/// What makes sense on a command line only.
bool is_key(std::string_view name) {
  return name != "help" && name != "version" && name != "config";
}

/// The keys of one tool's section: its long option names and its operands in lower case.
std::set<std::string> keys_of(const ToolTable& table) {
  std::set<std::string> keys;
  for (const auto& option : table.options) {
    std::ranges::copy_if(option.long_names, std::inserter(keys, keys.end()), is_key);
  }
  for (const auto& operand : table.operands) {
    auto key = operand.value;
    std::ranges::transform(key, key.begin(), [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
    keys.insert(key);
  }
  return keys;
}

std::string array(std::string_view section, const std::set<std::string>& keys) {
  auto text = fmt::format("constexpr auto {}_keys = std::to_array<std::string_view>({{\n", section);
  for (const auto& key : keys) text += fmt::format("    \"{}\",\n", key);
  return text + "});\n";
}

}  // namespace

std::string to_known_keys(std::span<const ToolTable> tables) {
  std::set<std::string> all;
  std::string arrays;
  std::string branches;
  for (const auto& table : tables) {
    const auto section = table.name.substr(std::string_view("fo-").size());
    const auto keys = keys_of(table);
    all.insert(keys.begin(), keys.end());
    arrays += array(section, keys);
    branches += fmt::format("  if (section == \"{0}\") return {0}_keys;\n", section);
  }
  return fmt::format(
      "// Generated from the option tables by fo-completions; a test compares.\n"
      "#include <array>\n#include <span>\n#include <string_view>\n\n#include \"cli/settings.hpp\"\n\n"
      "namespace failover::cli {{\n\nnamespace {{\n\n// clang-format off\n{}{}// clang-format on\n\n}}  // "
      "namespace\n\n"
      "std::span<const std::string_view> known_keys(std::string_view section) noexcept {{\n"
      "  if (section == \"common\") return common_keys;\n{}  return {{}};\n}}\n\n}}  // namespace failover::cli\n",
      array("common", all), arrays, branches);
}

}  // namespace failover::completions
