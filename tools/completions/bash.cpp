#include <map>
#include <string>
#include <string_view>
#include <vector>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "completions/option_table.hpp"
#include "completions/writers.hpp"

namespace failover::completions {

namespace {

std::string function_name(std::string_view tool) {
  std::string name = fmt::format("_{}", tool);
  for (char& c : name) {
    if (c == '-') c = '_';
  }
  return name;
}

/// What bash does for a value, as a shell command.
std::string action(const OptionEntry& option) {
  switch (option.kind) {
    case ValueKind::file:
      return "compopt -o filenames; mapfile -t COMPREPLY < <(compgen -f -- \"$current\")";
    case ValueKind::directory:
      return "compopt -o filenames; mapfile -t COMPREPLY < <(compgen -d -- \"$current\")";
    case ValueKind::choice:
      return fmt::format("mapfile -t COMPREPLY < <(compgen -W '{}' -- \"$current\")", fmt::join(option.choices, " "));
    default:
      return ":";
  }
}

/// Of the tool and of its commands.
std::vector<OptionEntry> all_options(const ToolTable& table) {
  auto options = table.options;
  for (const auto& command : table.commands) {
    options.insert(options.end(), command.options.begin(), command.options.end());
  }
  return options;
}

std::vector<std::string> spellings_of(const std::vector<OptionEntry>& options) {
  std::vector<std::string> words;
  for (const auto& option : options) {
    for (const auto& word : option.spellings()) words.push_back(word);
  }
  return words;
}

/// Behind a command with options of its own these are offered, too.
std::string command_options(const ToolTable& table) {
  std::string text;
  for (const auto& command : table.commands) {
    if (command.options.empty()) continue;
    text += fmt::format("    [[ \" ${{COMP_WORDS[*]}} \" == *' {} '* ]] && options+=' {}'\n", command.name,
                        fmt::join(spellings_of(command.options), " "));
  }
  return text;
}

/// The case branches for options that want a value; those that want the same share a branch.
std::string value_branches(const ToolTable& table) {
  std::map<std::string, std::vector<std::string>> by_action;
  for (const auto& option : all_options(table)) {
    if (option.kind == ValueKind::none) continue;
    auto& words = by_action[action(option)];
    for (const auto& word : option.spellings()) words.push_back(word);
  }
  std::string text;
  for (const auto& [does, words] : by_action) {
    text += fmt::format("    {})\n      {}\n      return ;;\n", fmt::join(words, " | "), does);
  }
  return text;
}

std::vector<std::string> names(const std::vector<CommandEntry>& commands) {
  std::vector<std::string> words;
  words.reserve(commands.size());
  for (const auto& command : commands) words.push_back(command.name);
  return words;
}

/// The words that may stand where no option does, as a shell command.
std::string operand_part(const ToolTable& table) {
  if (table.commands.empty()) {
    const bool files = !table.operands.empty() && table.operands.front().kind == ValueKind::file;
    return files ? "  compopt -o filenames\n  mapfile -t COMPREPLY < <(compgen -f -- \"$current\")\n" : "";
  }
  std::string nested;
  for (const auto& command : table.commands) {
    if (command.commands.empty()) continue;
    nested += fmt::format("      {}) words='{}' ;;\n", command.name, fmt::join(names(command.commands), " "));
  }
  return fmt::format(
      "  local word words='{}'\n"
      "  for word in \"${{COMP_WORDS[@]:1:COMP_CWORD-1}}\"; do\n"
      "    case $word in\n{}      {}) words='' ;;\n"
      "    esac\n"
      "  done\n"
      "  mapfile -t COMPREPLY < <(compgen -W \"$words\" -- \"$current\")\n",
      fmt::join(names(table.commands), " "), nested, fmt::join(names(table.commands), " | "));
}

}  // namespace

std::string to_bash(const ToolTable& table) {
  const auto words = spellings_of(table.options);
  const auto function = function_name(table.name);
  return fmt::format(
      "# bash completion of {0}; generated from its option table by fo-completions\n"
      "{1}() {{\n"
      "  local current=${{COMP_WORDS[COMP_CWORD]}} previous=${{COMP_WORDS[COMP_CWORD - 1]}}\n"
      "  COMPREPLY=()\n"
      "  # \"--option=value\" reaches us as three words.\n"
      "  if [[ $current == '=' ]]; then\n"
      "    current=''\n"
      "  elif [[ $previous == '=' && $COMP_CWORD -gt 1 ]]; then\n"
      "    previous=${{COMP_WORDS[COMP_CWORD - 2]}}\n"
      "  fi\n"
      "  case $previous in\n{2}  esac\n"
      "  if [[ $current == -* ]]; then\n"
      "    local options='{3}'\n{4}"
      "    mapfile -t COMPREPLY < <(compgen -W \"$options\" -- \"$current\")\n"
      "    return\n"
      "  fi\n"
      "{5}}}\n"
      "complete -F {1} {0}\n",
      table.name, function, value_branches(table), fmt::join(words, " "), command_options(table), operand_part(table));
}

}  // namespace failover::completions
