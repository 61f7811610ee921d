#pragma once

#include <set>
#include <string>
#include <string_view>

#include <failover/error.hpp>

namespace failover {

/// What a ClusterLabs fence agent says of itself (FenceAgentAPI, action=metadata).
struct AgentMetadata {
  std::set<std::string> parameters;  ///< names with '_', old names too
  std::set<std::string> required;    ///< of the current names
  std::set<std::string> actions;
  bool cuts_links = false;  ///< it takes storage or a network away from a host that goes on running

  [[nodiscard]] bool offers(std::string_view action) const { return actions.contains(std::string(action)); }
};

/// Reads the XML that the agent prints. An error of kind protocol: it is none of that kind.
Result<AgentMetadata> parse_agent_metadata(std::string_view text);

/// Agents write names with '-' or '_', and mean the same.
std::string agent_option_name(std::string_view name);

/// Whether a list of plugs, as action=list prints it (one "PLUG<separator>ALIAS" a line), holds this one. An error of
/// kind refused says what is there instead.
Result<void> find_plug(std::string_view list, std::string_view plug, std::string_view separator);

/// An agent that offers action=list for every device of its family, and has none for this one, says so and succeeds.
bool says_it_cannot_list(std::string_view list);

/// What action=status says: its exit status, 0 for on and 2 for off, unless the words beside it say otherwise.
enum class AgentPower { on, off, unknown };
AgentPower agent_power(int exit_status, std::string_view output);

}  // namespace failover
