#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include <failover/error.hpp>

#include "cli/config_file.hpp"
#include "cli/shared_options.hpp"

namespace failover::cli {

class Tool;

/// What the command line and the configuration file ask for, besides what went into the options.
struct Request {
  std::optional<std::string> text;  ///< --help or --version: print this and be done
  std::vector<NodeSection> nodes;   ///< the [node.NAME] sections
};

/// The configuration file that is meant: --config, FO_CONFIG, or /etc/failover/failover.conf, which need not be there.
std::filesystem::path configuration_file(const SharedOptions& options);

/// Fills the options of a tool that was not asked before from the arguments and from the configuration file as it is
/// now.
Result<Request> read_request(Tool& tool, SharedOptions& options, const std::vector<std::string>& arguments);

}  // namespace failover::cli
