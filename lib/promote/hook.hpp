#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include <failover/context.hpp>
#include <failover/error.hpp>
#include <failover/promoter.hpp>

#include "core/child_process.hpp"
#include "state/state_dir.hpp"

namespace failover {

/// What a hook is told besides the settings.
struct HookCall {
  std::string_view name;  ///< pre, start, post or stop
  std::uint64_t epoch = 0;
  std::vector<std::string> from;  ///< the old addresses
  bool resumed = false;
};

/// Runs a program that may start or stop the service. While it runs it is on record (state/running_hook), so that one
/// that outlives us is found; so the caller holds the host's lock. The command's own `born` is called after that.
Result<ChildResult> run_on_record(const StateDir& state, ChildCommand command, const Context& context);

/// Runs one of the admin's hooks; another exit status than 0 is an error of kind io with its last words.
Result<void> run_hook(const PromotionSettings& settings, const StateDir& state, const std::filesystem::path& file,
                      const HookCall& call, const Context& context);

/// A hook that ended with another exit status than 0 is an error of kind io with its last words.
Result<void> check_hook(std::string_view name, const std::filesystem::path& file, const ChildResult& result);

/// The last line of what a program said, cut to the length of a message.
std::string last_words(std::string_view text);

}  // namespace failover
