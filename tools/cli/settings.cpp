#include "cli/settings.hpp"

#include <algorithm>
#include <cctype>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include <CLI/CLI.hpp>
#include <fmt/format.h>

#include <failover/error.hpp>

#include "cli/config_file.hpp"

namespace failover::cli {

namespace {

std::string lower(std::string text) {
  for (char& c : text) c = static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
  return text;
}

/// The option or operand that a key names, or nullptr.
CLI::Option* find_option(CLI::App& app, std::string_view key) {
  for (CLI::Option* option : app.get_options()) {
    const auto& names = option->get_lnames();
    if (std::ranges::find(names, key) != names.end()) return option;
    if (names.empty() && lower(option->get_name(true)) == key) return option;
  }
  return nullptr;
}

std::unexpected<Error> wrong(const ConfigFile& file, int line, std::string_view what) {
  return fail(ErrorKind::config, fmt::format("{}:{}: {}", file.path.string(), line, what));
}

bool is_flag(const CLI::Option& option) {
  return option.get_expected_min() == 0 && option.get_expected_max() == 0;
}

/// What one option gets from the file: the lines of one section, all of them.
struct Setting {
  CLI::Option* option = nullptr;
  std::string section;
  std::vector<const ConfigEntry*> lines;
};

/// Sorts the lines by option; those of the tool's own section displace those of [common].
class Collector {
 public:
  Collector(CLI::App& app, std::string_view own, const ConfigFile& file) : app_(app), own_(own), file_(file) {}

  Result<void> add(const ConfigEntry& entry) {
    const auto known = known_keys(entry.section);
    CLI::Option* option = find_option(app_, entry.key);
    const bool ours = entry.section == own_ || entry.section == "common";
    if (std::ranges::find(known, entry.key) == known.end() && !(ours && option != nullptr)) {
      return wrong(file_, entry.line, fmt::format("unknown key '{}' in section [{}]", entry.key, entry.section));
    }
    if (!ours || option == nullptr) return {};
    auto& setting = settings_[option];
    setting.option = option;
    if (setting.section == own_ && entry.section != own_) return {};
    if (setting.section != entry.section) setting.lines.clear();
    setting.section = entry.section;
    setting.lines.push_back(&entry);
    if (setting.lines.size() > 1 && option->get_expected_max() <= 1) {
      return wrong(file_, entry.line, fmt::format("'{}' is given twice in section [{}]", entry.key, entry.section));
    }
    return {};
  }

  Result<void> apply() {
    for (auto& [option, setting] : settings_) {
      if (option->count() == 0) FO_TRY(apply_one(setting));
    }
    return {};
  }

 private:
  Result<void> apply_one(const Setting& setting) {
    for (const auto* entry : setting.lines) {
      if (entry->value.empty()) {
        return wrong(file_, entry->line, fmt::format("'{}' has no value; give it one or delete the line", entry->key));
      }
      if (!is_flag(*setting.option)) {
        setting.option->add_result(entry->value);
      } else if (entry->value == "true" || entry->value == "yes") {
        setting.option->add_result("true");
      } else if (entry->value != "false" && entry->value != "no") {
        return wrong(file_, entry->line, fmt::format("'{}' is true or false, not '{}'", entry->key, entry->value));
      }
    }
    if (setting.option->count() == 0) return {};
    try {
      setting.option->run_callback();
    } catch (const CLI::Error& error) {
      return wrong(file_, setting.lines.back()->line, error.what());
    }
    return {};
  }

  CLI::App& app_;
  std::string own_;
  const ConfigFile& file_;
  std::map<CLI::Option*, Setting> settings_;
};

}  // namespace

Result<void> merge_config(CLI::App& app, std::string_view section, const ConfigFile& file) {
  Collector collector(app, section, file);
  for (const auto& entry : file.entries) FO_TRY(collector.add(entry));
  return collector.apply();
}

}  // namespace failover::cli
