#include "promote/hook.hpp"

#include <cstddef>
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
#include "state/running_hook.hpp"
#include "state/state_dir.hpp"

namespace failover {

std::string last_words(std::string_view text) {
  while (!text.empty() && (text.back() == '\n' || text.back() == '\r')) text.remove_suffix(1);
  const auto line = text.substr(text.rfind('\n') + 1);
  constexpr std::size_t longest = 200;
  return std::string(line.substr(0, longest));
}

Result<ChildResult> run_on_record(const StateDir& state, ChildCommand command, const Context& context) {
  command.born = [&state, also = std::move(command.born)](pid_t process) -> Result<void> {
    FO_TRY(note_running_hook(state, process));
    return also ? also(process) : Result<void>{};
  };
  auto result = run_child(command, context);
  const auto forgotten = forget_running_hook(state);
  if (result && !forgotten) return std::unexpected(forgotten.error());
  return result;
}

Result<void> check_hook(std::string_view name, const std::filesystem::path& file, const ChildResult& result) {
  if (result.ok()) return {};
  const auto said = last_words(result.errors);
  return fail(ErrorKind::io, fmt::format("the {}-hook {} ended with {}{}{}", name, file.string(), result.how_it_ended(),
                                         said.empty() ? "" : ": ", said));
}

Result<void> run_hook(const PromotionSettings& settings, const StateDir& state, const std::filesystem::path& file,
                      const HookCall& call, const Context& context) {
  ChildCommand command;
  command.argv = {file.string()};
  command.environment = {{"FO_HOOK", std::string(call.name)},
                         {"FO_HOOK_SERVICE", settings.service},
                         {"FO_HOOK_NODE", settings.node},
                         {"FO_HOOK_EPOCH", std::to_string(call.epoch)},
                         {"FO_HOOK_FROM", fmt::format("{}", fmt::join(call.from, " "))},
                         {"FO_HOOK_TO", fmt::format("{}", fmt::join(settings.to, " "))},
                         {"FO_HOOK_RESUMED", call.resumed ? "yes" : "no"},
                         {"FO_HOOK_STATE_DIR", state.root().string()}};
  command.limit = settings.hook_timeout;
  const auto result =
      FO_TRY(while_doing(fmt::format("the {}-hook", call.name), run_on_record(state, std::move(command), context)));
  return check_hook(call.name, file, result);
}

}  // namespace failover
