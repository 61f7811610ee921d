#pragma once

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
  bool verify = false;
  bool rollback = false;
  bool status = false;
  bool history = false;
  bool recover = false;
  RestoreOptions restore;
};

void declare_restore_options(CLI::App& app, RestoreCommand& command);

}  // namespace failover::cli
