#pragma once

#include <string>
#include <string_view>
#include <vector>

#include <failover/error.hpp>

#include "cli/config_file.hpp"
#include "fo-promote/options.hpp"

namespace failover::promote_tool {

/// One other node: its section and what the options add to it.
struct Peer {
  std::string name;
  std::vector<std::string> addresses;  ///< canonical
  std::vector<std::string> probes;
  std::vector<std::string> fencers;
  std::string word;  ///< TIME of --i-have-powered-off; empty = nothing was said
};

/// Who we are and who else there is.
struct Cast {
  std::string node;
  std::vector<std::string> addresses;  ///< of this node, canonical
  std::vector<Peer> peers;
};

/// Pure but for the machine id, which is handed in. Two nodes with one name or one machine id, an unknown NODE= and a
/// bare value with more than one peer are errors of kind config or usage.
/// @param machine_id of this host; empty = unknown
Result<Cast> cast_nodes(const std::vector<cli::NodeSection>& sections, const PromoteOptions& options,
                        std::string_view machine_id);

/// The content of /etc/machine-id, or empty.
std::string machine_id_of_this_host();

}  // namespace failover::promote_tool
