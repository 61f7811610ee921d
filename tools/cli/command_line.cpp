#include "cli/command_line.hpp"

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <system_error>
#include <utility>
#include <vector>

#include <CLI/CLI.hpp>
#include <fmt/format.h>

#include <failover/error.hpp>

#include "cli/config_file.hpp"
#include "cli/settings.hpp"
#include "cli/shared_options.hpp"
#include "cli/suggest.hpp"
#include "cli/tool.hpp"
#include "cli/version.hpp"

namespace failover::cli {

namespace {

constexpr const char* default_config = "/etc/failover/failover.conf";

/// What was named, by the option or FO_CONFIG.
std::optional<std::filesystem::path> named_config(const SharedOptions& options) {
  if (options.config) return options.config;
  const char* given = std::getenv("FO_CONFIG");
  if (given != nullptr && *given != '\0') return given;
  return std::nullopt;
}

/// The configuration file to read: what was named, or the default if it is there.
std::optional<std::filesystem::path> config_path(const SharedOptions& options) {
  if (auto named = named_config(options)) return named;
  std::error_code ignored;
  if (std::filesystem::exists(default_config, ignored)) return default_config;
  return std::nullopt;
}

Result<std::vector<NodeSection>> read_settings(const Tool& tool, CLI::App& app, const SharedOptions& options) {
  const auto path = tool.reads_configuration() ? config_path(options) : std::nullopt;
  if (!path) return std::vector<NodeSection>{};
  auto file = FO_TRY(read_config(*path));
  FO_TRY(merge_config(app, tool.name().substr(std::string_view("fo-").size()), file));
  return std::move(file.nodes);
}

/// Text for --help or --version, or nothing when the run goes on.
Result<std::optional<std::string>> parse(CLI::App& app, std::vector<std::string> arguments) {
  std::ranges::reverse(arguments);
  try {
    app.parse(std::move(arguments));
  } catch (const CLI::CallForHelp&) {
    return app.help();
  } catch (const CLI::CallForAllHelp&) {
    return app.help("", CLI::AppFormatMode::All);
  } catch (const CLI::CallForVersion&) {
    return app.version();
  } catch (const CLI::ExtrasError&) {
    return fail(ErrorKind::usage, unexpected_arguments(app));
  } catch (const CLI::RequiredError& error) {
    return fail(ErrorKind::usage,
                missing_command(app).value_or(fmt::format("{}; see {} --help", error.what(), app.get_name())));
  } catch (const CLI::ParseError& error) {
    return fail(ErrorKind::usage, fmt::format("{}; see {} --help", error.what(), app.get_name()));
  }
  return std::optional<std::string>{};
}

/// A variable that a script has not set must take no safety option away, and no other backup the place of the one
/// meant.
Result<void> refuse_empty_values(const CLI::App& app) {
  for (const auto* option : app.get_options()) {
    if (std::ranges::find(option->results(), "") == option->results().end()) continue;
    return fail(ErrorKind::usage,
                fmt::format("{} is given without a value; give it one or leave it out", option->get_name()));
  }
  for (const auto* command : app.get_subcommands()) FO_TRY(refuse_empty_values(*command));
  return {};
}

}  // namespace

std::filesystem::path configuration_file(const SharedOptions& options) {
  return named_config(options).value_or(default_config);
}

Result<Request> read_request(Tool& tool, SharedOptions& options, const std::vector<std::string>& arguments) {
  CLI::App app(std::string(tool.summary()), std::string(tool.name()));
  tool.declare(app);
  declare_shared_options(app, tool, options);
  app.set_version_flag("-V,--version", fmt::format("{} {}", tool.name(), version));
  Request request;
  request.text = FO_TRY(parse(app, arguments));
  if (request.text) return request;
  FO_TRY(refuse_empty_values(app));
  request.nodes = FO_TRY(read_settings(tool, app, options));
  return request;
}

}  // namespace failover::cli
