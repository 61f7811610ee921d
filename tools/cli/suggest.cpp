#include "cli/suggest.hpp"

#include <algorithm>
#include <cstddef>
#include <numeric>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <CLI/CLI.hpp>
#include <fmt/format.h>
#include <fmt/ranges.h>

namespace failover::cli {

namespace {

/// Levenshtein's distance: insertions, deletions and replacements that turn one word into the other.
std::size_t distance(std::string_view a, std::string_view b) {
  std::vector<std::size_t> row(b.size() + 1);
  std::iota(row.begin(), row.end(), std::size_t{0});
  for (std::size_t i = 1; i <= a.size(); ++i) {
    std::size_t diagonal = row[0];
    row[0] = i;
    for (std::size_t j = 1; j <= b.size(); ++j) {
      const std::size_t replaced = diagonal + (a[i - 1] == b[j - 1] ? 0 : 1);
      diagonal = row[j];
      row[j] = std::min({row[j] + 1, row[j - 1] + 1, replaced});
    }
  }
  return row.back();
}

std::string nearest_option(const CLI::App& app, std::string_view word) {
  std::string best;
  std::size_t best_distance = 4;
  for (const CLI::Option* option : app.get_options()) {
    for (const auto& name : option->get_lnames()) {
      const auto far = name.starts_with(word) ? 1 : distance(word, name);
      if (far < best_distance) {
        best_distance = far;
        best = name;
      }
    }
  }
  return best;
}

std::string commands_of(const CLI::App& app) {
  std::vector<std::string> names;
  for (const auto* command : app.get_subcommands({})) names.push_back(command->get_name());
  return fmt::format("{}", fmt::join(names, ", "));
}

bool is_option(const std::string& word) {
  return word.starts_with("-");
}

}  // namespace

std::optional<std::string> missing_command(const CLI::App& app) {
  const auto chosen = app.get_subcommands();
  const auto& parent = chosen.empty() ? app : *chosen.back();
  if (parent.get_require_subcommand_min() == 0 || !parent.get_subcommands().empty()) return std::nullopt;
  const auto extras = app.remaining(true);
  const auto word = std::ranges::find_if_not(extras, is_option);
  if (word == extras.end()) return fmt::format("{} needs one of: {}", parent.get_name(), commands_of(parent));
  return fmt::format("unknown command '{} {}'; there are: {}", parent.get_name(), *word, commands_of(parent));
}

std::string unexpected_arguments(const CLI::App& app) {
  const auto extras = app.remaining(true);
  const auto option = std::ranges::find_if(extras, is_option);
  if (option == extras.end() && !extras.empty() && app.get_subcommands().empty() && !app.get_subcommands({}).empty()) {
    return fmt::format("unknown command '{}'; there are: {}", extras.front(), commands_of(app));
  }
  if (option == extras.end()) {
    return fmt::format("unexpected argument '{}'; see {} --help", extras.empty() ? "" : extras.front(), app.get_name());
  }
  const auto word = option->substr(0, option->find('='));
  const auto nearest = nearest_option(app, std::string_view(word).substr(word.find_first_not_of('-')));
  if (nearest.empty()) return fmt::format("unknown option '{}'; see {} --help", word, app.get_name());
  return fmt::format("unknown option '{}'; did you mean '--{}'?", word, nearest);
}

}  // namespace failover::cli
