#include "cli/shared_options.hpp"

#include <cstdlib>
#include <filesystem>
#include <map>
#include <string>

#include <CLI/CLI.hpp>
#include <unistd.h>

#include "cli/option_types.hpp"
#include "cli/tool.hpp"

namespace failover::cli {

namespace {

/// An environment variable that is set and not empty, or nullptr.
const char* environment(const char* name) {
  const char* value = std::getenv(name);
  return value != nullptr && *value != '\0' ? value : nullptr;
}

}  // namespace

void declare_shared_options(CLI::App& app, const Tool& tool, SharedOptions& options) {
  constexpr const char* group = "Common options";
  app.add_option("--config", options.config, "Configuration file (default /etc/failover/failover.conf)")
      ->type_name("FILE")
      ->group(group);
  app.add_option("--state-dir", options.state_dir, "Where the tools remember (default /var/lib/failover for root)")
      ->type_name("DIR")
      ->group(group);
  app.add_flag("--json", options.json, "Print JSON Lines on stdout")->group(group);
  app.add_flag("-q,--quiet", options.quiet, "Only errors on stderr")->group(group);
  app.add_flag("-v,--verbose", options.verbose, "Say more on stderr; repeat for more")->group(group);
  const std::map<std::string, Color> colors{
      {"auto", Color::automatic}, {"always", Color::always}, {"never", Color::never}};
  app.add_option("--color", options.color, "Colours on stderr: auto, always or never")
      ->transform(CLI::Transformer(colors).description(""))
      ->check(CLI::IsMember(colors).description(""))
      ->type_name("auto|always|never")
      ->group(group);
  app.add_flag("--no-progress", options.no_progress, "No progress bar")->group(group);
  if (tool.changes_something()) {
    app.add_flag("-n,--dry-run", options.dry_run, "Print what would be done, with the reasons; change nothing")
        ->group(group);
  }
  add_duration(app, "-t,--timeout", options.timeout, std::string(tool.timeout_help()))->group(group);
}

std::filesystem::path state_directory(const SharedOptions& options) {
  if (options.state_dir) return *options.state_dir;
  if (const char* given = environment("FO_STATE_DIR")) return given;
  if (::geteuid() == 0) return "/var/lib/failover";
  if (const char* state = environment("XDG_STATE_HOME")) return std::filesystem::path(state) / "failover";
  const char* home = environment("HOME");
  return std::filesystem::path(home != nullptr ? home : "/") / ".local/state/failover";
}

}  // namespace failover::cli
