#include "promote/data_hook.hpp"

#include <filesystem>
#include <string>
#include <string_view>
#include <utility>

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <sys/types.h>

#include <failover/context.hpp>
#include <failover/error.hpp>
#include <failover/promoter.hpp>

#include "core/child_process.hpp"
#include "promote/hook.hpp"
#include "state/lent_lock.hpp"
#include "state/state_dir.hpp"

namespace failover {

namespace {

constexpr int done_with_a_warning = 3;

ChildCommand command_of(const PromotionSettings& settings, const StateDir& state, const std::filesystem::path& file,
                        std::string_view name, std::string_view phase) {
  ChildCommand command;
  command.argv = {file.string()};
  command.environment = {{"FO_HOOK", std::string(name)},
                         {"FO_HOOK_PHASE", std::string(phase)},
                         {"FO_HOOK_SERVICE", settings.service},
                         {"FO_HOOK_NODE", settings.node},
                         {"FO_HOOK_TO", fmt::format("{}", fmt::join(settings.to, " "))},
                         {"FO_HOOK_STATE_DIR", state.root().string()}};
  command.limit = settings.hook_timeout;
  return command;
}

Result<ChildResult> run_with_lent_lock(ChildCommand command, const StateDir& state, const Context& context) {
  command.born = [&state](pid_t process) { return lend_host_lock(state, process); };
  auto result = run_on_record(state, std::move(command), context);
  const auto ended = end_lending(state);
  if (result && !ended) return std::unexpected(ended.error());
  return result;
}

}  // namespace

Result<void> run_data_hook(const PromotionSettings& settings, const StateDir& state, const std::filesystem::path& file,
                           std::string_view name, std::string_view phase, HostLock lock, const Context& context) {
  auto command = command_of(settings, state, file, name, phase);
  const auto result = FO_TRY(while_doing(
      fmt::format("the {}-hook", name),
      lock == HostLock::lend ? run_with_lent_lock(std::move(command), state, context) : run_child(command, context)));
  if (result.exit_status != done_with_a_warning) return check_hook(name, file, result);
  context.note(Level::warning, fmt::format("the {}-hook {} warns: {}", name, file.string(), last_words(result.errors)));
  return {};
}

}  // namespace failover
