#pragma once

#include <filesystem>
#include <optional>
#include <string>

#include <failover/context.hpp>

namespace CLI {
class App;
}

namespace failover::cli {

class Tool;

enum class Color { automatic, always, never };

/// What all four tools take.
struct SharedOptions {
  std::optional<std::filesystem::path> config;
  std::optional<std::filesystem::path> state_dir;
  bool json = false;
  bool quiet = false;
  int verbose = 0;
  Color color = Color::automatic;
  bool no_progress = false;
  bool dry_run = false;
  std::optional<Duration> timeout;
};

/// Declares them; --dry-run only for tools that change something.
void declare_shared_options(CLI::App& app, const Tool& tool, SharedOptions& options);

/// The state directory: the option, FO_STATE_DIR, else /var/lib/failover for root and $XDG_STATE_HOME/failover
/// (~/.local/state/failover) for others.
std::filesystem::path state_directory(const SharedOptions& options);

}  // namespace failover::cli
