#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include <failover/error.hpp>

#include "fo-promote/init/answers.hpp"
#include "fo-promote/init/surroundings.hpp"

namespace failover::promote_tool {

/// One thing that init wants to know. What is not asked (no prompt) is known by its flag alone.
struct Question {
  std::string_view flag;
  std::string_view prompt;                    ///< without its question mark
  std::string_view help;                      ///< what "?" answers, one sentence or two
  bool needed = true;                         ///< "none" is no answer
  bool several = false;                       ///< takes more than one value, separated by blanks
  bool (*applies)(const Answers&) = nullptr;  ///< none = always
  /// What Enter means; empty = there is no default, or, where it is not needed, "none".
  std::vector<std::string> (*suggest)(const Answers&, Surroundings&) = nullptr;
  Result<void> (*valid)(const std::string&, const Answers&) = nullptr;
  std::string_view back_to =
      {};  ///< the question that is asked again when this answer does not stand; empty = this one
};

/// In the order in which they are asked.
std::span<const Question> questions();

}  // namespace failover::promote_tool
