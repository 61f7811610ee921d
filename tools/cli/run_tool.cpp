#include <algorithm>
#include <cstdlib>
#include <exception>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <system_error>
#include <utility>
#include <vector>

#include <CLI/CLI.hpp>
#include <fmt/format.h>
#include <sys/prctl.h>
#include <sys/resource.h>

#include <failover/context.hpp>
#include <failover/error.hpp>

#include "cli/config_file.hpp"
#include "cli/exit_status.hpp"
#include "cli/output.hpp"
#include "cli/session.hpp"
#include "cli/settings.hpp"
#include "cli/shared_options.hpp"
#include "cli/signals.hpp"
#include "cli/suggest.hpp"
#include "cli/tool.hpp"
#include "cli/version.hpp"

namespace failover::cli {

namespace {

constexpr const char* default_config = "/etc/failover/failover.conf";

/// No core file may hold a password (property secret).
void forbid_core_files() noexcept {
  const rlimit none{0, 0};
  ::setrlimit(RLIMIT_CORE, &none);
#ifndef __SANITIZE_ADDRESS__
  // LeakSanitizer must be able to look into us.
  ::prctl(PR_SET_DUMPABLE, 0, 0, 0, 0);
#endif
}

struct CommandLine {
  std::vector<std::string> arguments;
  std::vector<std::string> program;  ///< what followed "--"
};

CommandLine split(const Tool& tool, int argc, char** argv) {
  CommandLine line;
  line.arguments.assign(argv + 1, argv + argc);
  if (!tool.takes_program()) return line;
  const auto separator = std::ranges::find(line.arguments, "--");
  if (separator == line.arguments.end()) return line;
  line.program.assign(separator + 1, line.arguments.end());
  line.arguments.erase(separator, line.arguments.end());
  return line;
}

/// The configuration file to read: the option, FO_CONFIG, or the default if it is there.
std::optional<std::filesystem::path> config_path(const SharedOptions& options) {
  if (options.config) return options.config;
  const char* given = std::getenv("FO_CONFIG");
  if (given != nullptr && *given != '\0') return given;
  std::error_code ignored;
  if (std::filesystem::exists(default_config, ignored)) return default_config;
  return std::nullopt;
}

Result<std::vector<NodeSection>> read_settings(const Tool& tool, CLI::App& app, const SharedOptions& options) {
  const auto path = config_path(options);
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
  } catch (const CLI::ParseError& error) {
    return fail(ErrorKind::usage, fmt::format("{}; see {} --help", error.what(), app.get_name()));
  }
  return std::optional<std::string>{};
}

Deadline run_deadline(const Tool& tool, const SharedOptions& options) {
  if (!tool.timeout_bounds_run()) return Deadline::never();
  return Deadline::after(options.timeout.value_or(tool.default_timeout()));
}

Result<Outcome> run_guarded(Tool& tool, Session& session) {
  try {
    return tool.run(session);
  } catch (const std::exception& error) {
    return fail(ErrorKind::internal, fmt::format("internal error, please report it: {}", error.what()));
  }
}

/// What the command line and the configuration file ask for.
struct Request {
  std::optional<std::string> text;  ///< --help or --version: print this and be done
  std::vector<NodeSection> nodes;
};

Result<Request> read_request(const Tool& tool, CLI::App& app, const SharedOptions& options,
                             const std::vector<std::string>& arguments) {
  Request request;
  request.text = FO_TRY(parse(app, arguments));
  if (!request.text) request.nodes = FO_TRY(read_settings(tool, app, options));
  return request;
}

int report(const Tool& tool, const Result<Outcome>& outcome, int signal_number, Output& output) {
  if (!outcome) {
    const int status = tool.status_of(outcome.error(), signal_number);
    output.failure(outcome.error(), status);
    return status;
  }
  output.result(*outcome);
  if (output.all_written()) return outcome->status;
  // The work is done; only its report did not arrive, so a status that says "failed" would be wrong.
  const int status = outcome->status == status_done ? status_warning : outcome->status;
  output.failure(Error{ErrorKind::io, "the work is done, but its result could not be written to stdout"}, status);
  return status;
}

}  // namespace

int Tool::status_of(const Error& error, int signal_number) const noexcept {
  return exit_status(error.kind, signal_number);
}

int run_tool(Tool& tool, int argc, char** argv) {
  forbid_core_files();
  const Signals signals;
  SharedOptions options;
  CLI::App app(std::string(tool.summary()), std::string(tool.name()));
  tool.declare(app);
  declare_shared_options(app, tool, options);
  app.set_version_flag("-V,--version", fmt::format("{} {}", tool.name(), version));
  auto line = split(tool, argc, argv);
  // Before parsing, so that a usage error is JSON too.
  options.json = std::ranges::find(line.arguments, "--json") != line.arguments.end();
  auto request = read_request(tool, app, options, line.arguments);
  Output output(tool.name(), options);
  if (!request) return report(tool, std::unexpected(request.error()), signals.received(), output);
  if (const auto& text = request->text) {
    fmt::print("{}{}", *text, text->ends_with('\n') ? "" : "\n");
    return 0;
  }
  Session session(options, Context{run_deadline(tool, options), signals.token(), &output}, output,
                  std::move(request->nodes), std::move(line.program));
  // Before asking which signal came: arguments have no order of evaluation.
  const auto outcome = run_guarded(tool, session);
  return report(tool, outcome, signals.received(), output);
}

}  // namespace failover::cli
