#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include <failover/context.hpp>

#include "cli/config_file.hpp"
#include "cli/output.hpp"
#include "cli/shared_options.hpp"
#include "cli/signals.hpp"

namespace failover::cli {

struct CommandLine {
  std::vector<std::string> arguments;
  std::vector<std::string> program;  ///< what followed "--"
};

/// What a run is given besides its own options.
class Session {
 public:
  Session(const SharedOptions& common, Context run_context, Output& run_output, std::vector<NodeSection> run_nodes,
          CommandLine run_line, Signals& run_signals)
      : options(common),
        context(std::move(run_context)),
        output(run_output),
        state_dir(state_directory(common)),
        nodes(std::move(run_nodes)),
        arguments(std::move(run_line.arguments)),
        program(std::move(run_line.program)),
        signals(run_signals) {}

  const SharedOptions& options;
  Context context;  ///< the run's deadline, stop request and events (notes and progress go to `output`)
  Output& output;
  std::filesystem::path state_dir;
  std::vector<NodeSection> nodes;      ///< the [node.NAME] sections
  std::vector<std::string> arguments;  ///< the command line, to read it and the configuration anew
  std::vector<std::string> program;    ///< what followed "--", for tools that take a program
  Signals& signals;
};

}  // namespace failover::cli
