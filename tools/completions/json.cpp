#include <span>
#include <string>
#include <vector>

#include <nlohmann/json.hpp>

#include "completions/option_table.hpp"
#include "completions/writers.hpp"

namespace failover::completions {

namespace {

using nlohmann::json;

json to_object(const OptionEntry& option) {
  return {{"long", option.long_names}, {"short", option.short_names}, {"help", option.help},
          {"value", option.value},     {"choices", option.choices},   {"repeatable", option.repeatable}};
}

json to_objects(const std::vector<OptionEntry>& options) {
  auto list = json::array();
  for (const auto& option : options) list.push_back(to_object(option));
  return list;
}

json to_objects(const std::vector<CommandEntry>& commands) {
  auto list = json::array();
  for (const auto& command : commands) {
    list.push_back({{"name", command.name},
                    {"help", command.help},
                    {"options", to_objects(command.options)},
                    {"commands", to_objects(command.commands)}});
  }
  return list;
}

}  // namespace

std::string to_json(std::span<const ToolTable> tables) {
  auto document = json::object();
  for (const auto& table : tables) {
    document[table.name] = {{"summary", table.summary},
                            {"options", to_objects(table.options)},
                            {"operands", to_objects(table.operands)},
                            {"commands", to_objects(table.commands)}};
  }
  return document.dump(1) + "\n";
}

}  // namespace failover::completions
