#include "completions/option_table.hpp"

#include <cctype>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <CLI/CLI.hpp>

#include "cli/shared_options.hpp"
#include "cli/tool.hpp"

namespace failover::completions {

namespace {

/// The words of "auto|always|never"; the parts in capitals ("any|all|K") stand for something and are no words.
std::vector<std::string> choices_of(std::string_view value) {
  std::vector<std::string> choices;
  if (value.find('|') == std::string_view::npos) return choices;
  while (!value.empty()) {
    const auto end = value.find('|');
    const auto word = value.substr(0, end);
    const auto first = word.empty() ? '\0' : word.front();
    const bool is_word =
        std::isdigit(static_cast<unsigned char>(first)) != 0 || std::islower(static_cast<unsigned char>(first)) != 0;
    if (is_word) choices.emplace_back(word);
    value.remove_prefix(end == std::string_view::npos ? value.size() : end + 1);
  }
  return choices;
}

ValueKind kind_of(std::string_view value, const std::vector<std::string>& choices) {
  if (value.empty()) return ValueKind::none;
  if (!choices.empty()) return ValueKind::choice;
  if (value.contains("FILE") || value == "BACKUP") return ValueKind::file;
  if (value.contains("DIR")) return ValueKind::directory;
  return ValueKind::text;
}

OptionEntry read_option(const CLI::Option& option) {
  OptionEntry entry;
  entry.long_names = option.get_lnames();
  entry.short_names = option.get_snames();
  entry.help = option.get_description();
  const bool flag = option.get_expected_max() == 0;
  if (!flag) entry.value = option.get_positional() ? option.get_name(true) : option.get_type_name();
  entry.choices = choices_of(entry.value);
  entry.kind = kind_of(entry.value, entry.choices);
  const bool counted = flag && entry.long_names == std::vector<std::string>{"verbose"};
  const bool all_taken = option.get_multi_option_policy() == CLI::MultiOptionPolicy::TakeAll;
  entry.repeatable = counted || all_taken || option.get_expected_max() > 1;
  return entry;
}

CommandEntry read_command(const CLI::App& app) {
  CommandEntry entry{app.get_name(), app.get_description(), {}, {}};
  for (const auto* option : app.get_options()) {
    if (!option->get_positional() && option != app.get_help_ptr()) entry.options.push_back(read_option(*option));
  }
  for (const auto* command : app.get_subcommands([](const CLI::App*) { return true; })) {
    entry.commands.push_back(read_command(*command));
  }
  return entry;
}

}  // namespace

std::vector<std::string> OptionEntry::spellings() const {
  std::vector<std::string> words;
  words.reserve(long_names.size() + short_names.size());
  for (const auto& name : long_names) words.push_back("--" + name);
  for (const auto& name : short_names) words.push_back("-" + name);
  return words;
}

ToolTable read_table(cli::Tool& tool) {
  CLI::App app(std::string(tool.summary()), std::string(tool.name()));
  cli::SharedOptions common;
  tool.declare(app);
  cli::declare_shared_options(app, tool, common);
  app.set_version_flag("-V,--version", std::string(tool.name()));
  ToolTable table{std::string(tool.name()), std::string(tool.summary()), {}, {}, {}};
  for (const auto* option : std::as_const(app).get_options()) {
    (option->get_positional() ? table.operands : table.options).push_back(read_option(*option));
  }
  table.commands = read_command(app).commands;
  return table;
}

}  // namespace failover::completions
