#include <string>
#include <string_view>
#include <vector>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "completions/option_table.hpp"
#include "completions/writers.hpp"

namespace failover::completions {

namespace {

/// Text inside an _arguments specification in single quotes.
std::string quoted(std::string_view text) {
  std::string result;
  for (const char c : text) {
    if (c == '\'') {
      result += "'\\''";
    } else if (c == '[' || c == ']' || c == ':' || c == '\\') {
      result += '\\';
      result += c;
    } else {
      result += c;
    }
  }
  return result;
}

std::string action(const OptionEntry& option) {
  switch (option.kind) {
    case ValueKind::file:
      return "_files";
    case ValueKind::directory:
      return "_files -/";
    case ValueKind::choice:
      return fmt::format("({})", fmt::join(option.choices, " "));
    default:
      return " ";
  }
}

/// One line of _arguments: '(-t --timeout)'{-t+,--timeout=}'[help]:D: '.
std::string option_line(const OptionEntry& option) {
  const auto words = option.spellings();
  const bool value = option.kind != ValueKind::none;
  std::vector<std::string> forms;
  for (const auto& word : words) {
    const bool is_long = word.starts_with("--");
    forms.push_back(word + (!value ? "" : is_long ? "=" : "+"));
  }
  const auto exclusive = option.repeatable ? std::string("'*'") : fmt::format("'({})'", fmt::join(words, " "));
  const auto spelling = forms.size() == 1 ? forms.front() : fmt::format("{{{}}}", fmt::join(forms, ","));
  const auto argument = value ? fmt::format(":{}:{}", quoted(option.value), action(option)) : "";
  return fmt::format("    {}{}'[{}]{}' \\\n", exclusive, spelling, quoted(option.help), argument);
}

std::string described(const std::vector<CommandEntry>& commands) {
  std::string text;
  for (const auto& command : commands) {
    text += fmt::format(" '{}:{}'", command.name, quoted(command.help));
  }
  return text;
}

/// A function that offers the commands, and one more level below those that have commands themselves.
std::string command_function(const ToolTable& table, std::string_view name) {
  std::string nested;
  for (const auto& command : table.commands) {
    if (command.commands.empty()) continue;
    nested += fmt::format("  if (( ${{words[(I){}]}} )); then\n    commands=({})\n  fi\n", command.name,
                          described(command.commands));
  }
  return fmt::format(
      "{}_commands() {{\n  local -a commands\n  commands=({})\n{}"
      "  _describe -t commands command commands\n}}\n\n",
      name, described(table.commands), nested);
}

/// Behind a command with options of its own these are offered, too.
std::string own_options(const ToolTable& table) {
  std::string text;
  for (const auto& command : table.commands) {
    if (command.options.empty()) continue;
    text += fmt::format("{}  if (( ${{words[(I){}]}} )); then\n    own=( \\\n", text.empty() ? "  local -a own\n" : "",
                        command.name);
    for (const auto& option : command.options) text += "  " + option_line(option);
    text += "    )\n  fi\n";
  }
  return text;
}

}  // namespace

std::string to_zsh(const ToolTable& table) {
  std::string text = fmt::format(
      "#compdef {0}\n# zsh completion of {0}; generated from its option table by fo-completions\n\n", table.name);
  const auto name = fmt::format("_{}", table.name);
  if (!table.commands.empty()) text += command_function(table, name);
  text += fmt::format("{}() {{\n{}  _arguments -s -S \\\n", name, own_options(table));
  for (const auto& option : table.options) text += option_line(option);
  if (!own_options(table).empty()) text += "    $own \\\n";
  if (!table.commands.empty()) {
    text += fmt::format("    '*:command:{}_commands'\n", name);
  } else {
    const bool files = !table.operands.empty() && table.operands.front().kind == ValueKind::file;
    text += fmt::format("    '*:{}:{}'\n", table.operands.empty() ? "" : quoted(table.operands.front().value),
                        files ? "_files" : " ");
  }
  return text + fmt::format("}}\n\n{} \"$@\"\n", name);
}

}  // namespace failover::completions
