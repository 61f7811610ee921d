#pragma once

#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include <failover/error.hpp>

namespace failover::cli {

/// One `key = value` line.
struct ConfigEntry {
  std::string section;
  std::string key;
  std::string value;
  int line = 0;
};

/// A [node.NAME] section: one host of the pair.
struct NodeSection {
  std::string name;
  std::vector<std::string> addresses;  ///< address =, repeatable
  std::string machine_id;              ///< machine-id =
  std::vector<std::string> probes;     ///< probe =, repeatable
  std::vector<std::string> fencers;    ///< fence =, repeatable, in the order of the chain
};

/// A configuration file as it was read; what its keys mean is decided when it is merged (settings.hpp).
struct ConfigFile {
  std::filesystem::path path;
  std::vector<ConfigEntry> entries;  ///< in the file's order, without those of the nodes
  std::vector<NodeSection> nodes;
};

/// Reads `text`. Errors are of kind config and begin with FILE:LINE.
Result<ConfigFile> parse_config(std::string_view text, const std::filesystem::path& path);

/// Reads the file. Refused when others than its owner and group can write it: it names programs that run as root.
Result<ConfigFile> read_config(const std::filesystem::path& path);

}  // namespace failover::cli
