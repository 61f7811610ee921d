#include <string>
#include <string_view>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "completions/option_table.hpp"
#include "completions/writers.hpp"

namespace failover::completions {

namespace {

std::string quoted(std::string_view text) {
  std::string result = "'";
  for (const char c : text) {
    if (c == '\'' || c == '\\') result += '\\';
    result += c;
  }
  return result + "'";
}

std::string action(const OptionEntry& option) {
  switch (option.kind) {
    case ValueKind::none:
      return "";
    case ValueKind::file:
      return " -r -F";
    case ValueKind::directory:
      return " -x -a '(__fish_complete_directories)'";
    case ValueKind::choice:
      return fmt::format(" -x -a '{}'", fmt::join(option.choices, " "));
    case ValueKind::text:
      break;
  }
  return " -x";
}

std::string option_line(std::string_view tool, const OptionEntry& option) {
  std::string names;
  for (const auto& name : option.short_names) names += fmt::format(" -s {}", name);
  for (const auto& name : option.long_names) names += fmt::format(" -l {}", name);
  return fmt::format("complete -c {}{}{} -d {}\n", tool, names, action(option), quoted(option.help));
}

}  // namespace

std::string to_fish(const ToolTable& table) {
  std::string text =
      fmt::format("# fish completion of {}; generated from its option table by fo-completions\n", table.name);
  const bool files = !table.operands.empty() && table.operands.front().kind == ValueKind::file;
  if (!files) text += fmt::format("complete -c {} -f\n", table.name);
  for (const auto& option : table.options) text += option_line(table.name, option);
  for (const auto& command : table.commands) {
    text += fmt::format("complete -c {} -n __fish_use_subcommand -a {} -d {}\n", table.name, command.name,
                        quoted(command.help));
    const auto seen = fmt::format(" -n '__fish_seen_subcommand_from {}'", command.name);
    for (const auto& option : command.options) text += option_line(table.name + seen, option);
    for (const auto& nested : command.commands) {
      text += fmt::format("complete -c {} -n '__fish_seen_subcommand_from {}' -a {} -d {}\n", table.name, command.name,
                          nested.name, quoted(nested.help));
    }
  }
  return text;
}

}  // namespace failover::completions
