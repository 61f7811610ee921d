#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include <failover/restorer.hpp>

namespace CLI {
class App;
}

namespace failover::cli {

/// What the command line and the configuration file say.
struct RestoreCommand {
  std::string backup;
  std::string target;
  std::vector<std::string> maps;
  std::string owner;
  std::string symlinks;
  bool verify = false;
  bool inspect = false;
  bool rollback = false;
  bool status = false;
  bool history = false;
  bool recover = false;
  std::filesystem::path copy_undo;
  bool drop_undo = false;
  std::vector<std::string> require;  ///< KEY=GLOB
  std::string max_shrink;            ///< "20%"
  std::string window;                ///< "01:00-05:00"
  std::optional<std::filesystem::path> metrics_file;
  std::vector<std::string> program;  ///< of the configuration file; what follows "--" displaces it
  RestoreOptions restore;
};

void declare_restore_options(CLI::App& app, RestoreCommand& command);

}  // namespace failover::cli
