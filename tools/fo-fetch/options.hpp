#pragma once

#include <filesystem>
#include <optional>
#include <string>

#include <failover/fetcher.hpp>
#include <failover/source.hpp>

namespace CLI {
class App;
}

namespace failover::cli {

/// What the command line and the configuration file say.
struct FetchCommand {
  std::string source;
  std::optional<std::filesystem::path> output;
  bool list = false;
  std::string delta = "auto";
  std::optional<std::filesystem::path> metrics_file;
  FetchOptions fetch;
  SourceOptions access;
};

void declare_fetch_options(CLI::App& app, FetchCommand& command);

}  // namespace failover::cli
