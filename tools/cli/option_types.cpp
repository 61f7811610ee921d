#include "cli/option_types.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include <CLI/CLI.hpp>

#include <failover/context.hpp>

#include "cli/units.hpp"

namespace failover::cli {

namespace {

template <typename Parse, typename Value>
CLI::Option* add_parsed(CLI::App& app, const std::string& names, Value& value, const std::string& help, Parse parse,
                        const std::string& type) {
  const auto set = [&value, parse, names](const std::string& text) {
    const auto parsed = parse(std::string_view(text));
    if (!parsed) throw CLI::ValidationError(names, parsed.error().message);
    value = *parsed;
  };
  return app.add_option_function<std::string>(names, set, help)->type_name(type);
}

}  // namespace

CLI::Option* add_duration(CLI::App& app, const std::string& names, Duration& value, const std::string& help) {
  return add_parsed(app, names, value, help, parse_duration, "DURATION");
}

CLI::Option* add_duration(CLI::App& app, const std::string& names, std::optional<Duration>& value,
                          const std::string& help) {
  return add_parsed(app, names, value, help, parse_duration, "DURATION");
}

CLI::Option* add_size(CLI::App& app, const std::string& names, std::uint64_t& value, const std::string& help) {
  return add_parsed(app, names, value, help, parse_size, "SIZE");
}

CLI::Option* add_size(CLI::App& app, const std::string& names, std::optional<std::uint64_t>& value,
                      const std::string& help) {
  return add_parsed(app, names, value, help, parse_size, "SIZE");
}

}  // namespace failover::cli
