#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <failover/context.hpp>
#include <failover/error.hpp>

#include "core/secret.hpp"
#include "fence/agent_metadata.hpp"

namespace failover {

/// A fence agent with its options, as `agent:fence_NAME?option=value&..` names them.
struct AgentSpec {
  std::string file;  ///< the agent
  Duration timeout{};
  std::vector<std::pair<std::string, std::string>> options;  ///< names with '_'
  std::vector<std::pair<std::string, Secret>> secrets;       ///< from files, likewise

  /// Empty if it is not given. @param old what the option was called once
  [[nodiscard]] std::string value(std::string_view name, std::string_view old = {}) const;
  /// An agent may repeat on stderr what it was told.
  [[nodiscard]] std::string without_secrets(std::string text) const;
  /// What the agent reads on its stdin for this action.
  [[nodiscard]] Secret input(std::string_view action) const;
};

/// Finds the agent (/usr/sbin/fence_NAME, or an absolute path) and reads its secrets. A secret in the text itself, a
/// control character (which would be a line of its own on the agent's stdin) or the option `action` is an error.
Result<AgentSpec> parse_agent_spec(std::string_view spec);

/// Agents ignore an option that they do not know, a misspelt plug among them: here it is an error of kind config. So
/// are a missing one that is required, and an agent that cannot switch a host off and say so.
Result<void> check_agent_spec(const AgentSpec& spec, const AgentMetadata& metadata);

}  // namespace failover
