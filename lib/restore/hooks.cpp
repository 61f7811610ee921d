#include "restore/hooks.hpp"

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <stop_token>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <failover/context.hpp>
#include <failover/error.hpp>

#include "core/child_process.hpp"
#include "core/clock.hpp"
#include "state/restore_journal.hpp"

namespace failover {

namespace {

/// The last line that a program wrote, for the message.
std::string last_line(std::string_view text) {
  while (text.ends_with('\n')) text.remove_suffix(1);
  const auto start = text.rfind('\n');
  constexpr std::size_t enough = 200;
  return std::string((start == std::string_view::npos ? text : text.substr(start + 1)).substr(0, enough));
}

std::string targets(const RestoreRun& run) {
  std::string lines;
  for (const auto& root : run.roots) lines.append(lines.empty() ? "" : "\n").append(root.directory);
  return lines;
}

std::vector<std::pair<std::string, std::string>> variables(const RestoreRun& run, std::string_view phase,
                                                           std::string_view result) {
  const auto& after = run.after;
  return {{"FO_HOOK_PHASE", std::string(phase)},
          {"FO_HOOK_RESULT", std::string(result)},
          {"FO_HOOK_RUN", std::to_string(run.number)},
          {"FO_HOOK_KIND", std::string(to_string(run.kind))},
          {"FO_HOOK_TARGET", targets(run)},
          {"FO_HOOK_BACKUP", after ? after->backup : ""},
          {"FO_HOOK_BACKUP_TIME", after ? rfc3339(after->backup_time) : ""}};
}

/// @return how it failed; empty = it ended well. An error: it did not begin, or did not end in time.
Result<std::string> run_hook(const RestoreRun& run, const std::string& file, std::string_view phase,
                             std::string_view result, Duration limit, const Context& context) {
  if (file.empty()) return {};
  ChildCommand command;
  command.argv = {file};
  command.environment = variables(run, phase, result);
  command.limit = limit;
  const auto name = "the " + std::string(phase) + "-hook " + file;
  context.note(Level::info, "running " + name);
  const auto ended = FO_TRY(while_doing(name, run_child(command, context)));
  if (ended.ok()) return "";
  const auto said = last_line(ended.errors.empty() ? ended.output : ended.errors);
  return name + " failed with " + ended.how_it_ended() + (said.empty() ? "" : ": " + said);
}

Result<void> ended_well(const std::string& failure) {
  return failure.empty() ? Result<void>() : fail(ErrorKind::io, failure);
}

}  // namespace

Context unstoppable(const Context& context) {
  Context calm = context;
  calm.deadline = Deadline::never();
  calm.stop = std::stop_token();
  return calm;
}

Result<void> run_pre_hook(const RestoreRun& run, const Context& context) {
  return ended_well(FO_TRY(run_hook(run, run.pre_hook, "pre", "", run.hook_timeout, context)));
}

Result<void> run_post_hook(const RestoreRun& run, std::string_view result, const Context& context) {
  Duration limit = run.hook_timeout;
  if (!context.deadline.is_never()) {
    // A part is left for the same hook after an undo.
    const auto left = context.deadline.remaining();
    limit = std::min(limit, std::max<Duration>(std::chrono::seconds(1), result == "restored" ? left / 2 : left));
  }
  const auto ran = run_hook(run, run.post_hook, "post", result, limit, unstoppable(context));
  if (ran) return ended_well(*ran);
  if (ran.error().kind != ErrorKind::io) return std::unexpected(ran.error());
  return fail(ErrorKind::unfinished, ran.error().message + "; services may be stopped: type fo-restore --recover");
}

}  // namespace failover
