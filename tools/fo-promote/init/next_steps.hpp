#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "fo-promote/init/answers.hpp"

namespace failover::promote_tool {

/// One command that is left to be typed, and why.
struct NextStep {
  std::string host;  ///< the node on which
  std::string command;
  std::string why;  ///< a clause
};

struct WrittenFiles {
  std::filesystem::path config;       ///< of this host
  std::filesystem::path peer_config;  ///< of the other one; empty = none was written
  bool target_is_full = false;        ///< the first restore finds files that are not its own
};

/// From the written configuration to a pair that fails over, in their order. Pure.
std::vector<NextStep> next_steps(const Answers& answers, const WrittenFiles& written);

}  // namespace failover::promote_tool
