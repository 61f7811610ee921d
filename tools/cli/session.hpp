#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include <failover/context.hpp>

#include "cli/config_file.hpp"
#include "cli/output.hpp"
#include "cli/shared_options.hpp"

namespace failover::cli {

/// What a run is given besides its own options.
class Session {
 public:
  Session(const SharedOptions& common, Context run_context, Output& run_output, std::vector<NodeSection> run_nodes,
          std::vector<std::string> run_program)
      : options(common),
        context(std::move(run_context)),
        output(run_output),
        state_dir(state_directory(common)),
        nodes(std::move(run_nodes)),
        program(std::move(run_program)) {}

  const SharedOptions& options;
  Context context;  ///< the run's deadline, stop request and events (notes and progress go to `output`)
  Output& output;
  std::filesystem::path state_dir;
  std::vector<NodeSection> nodes;    ///< the [node.NAME] sections
  std::vector<std::string> program;  ///< what followed "--", for tools that take a program
};

}  // namespace failover::cli
