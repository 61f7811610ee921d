#include "fo-restore/run.hpp"

#include <charconv>
#include <filesystem>
#include <functional>
#include <string>
#include <string_view>
#include <system_error>

#include <CLI/CLI.hpp>

#include <failover/context.hpp>
#include <failover/error.hpp>
#include <failover/observer.hpp>
#include <failover/registry.hpp>
#include <failover/restorer.hpp>

#include "cli/session.hpp"
#include "cli/textfile.hpp"
#include "cli/tool.hpp"
#include "fo-restore/backup_path.hpp"
#include "fo-restore/metrics_text.hpp"
#include "fo-restore/options.hpp"
#include "fo-restore/render.hpp"
#include "fo-restore/targets.hpp"

namespace failover::cli {

namespace {

/// "20%"
Result<unsigned> parse_percent(std::string_view text) {
  const auto digits = text.substr(0, text.find('%'));
  unsigned percent = 0;
  const auto [stop, error] = std::from_chars(digits.data(), digits.data() + digits.size(), percent);
  constexpr unsigned whole = 100;
  const bool is_number = error == std::errc() && stop == digits.data() + digits.size() && percent <= whole;
  if (is_number && text.substr(digits.size()) == "%") return percent;
  return fail(ErrorKind::usage, "\"" + std::string(text) + "\" is no percentage; write it as 20%");
}

/// One thing at a time, and nothing beside it that would be ignored.
Result<void> check(const RestoreCommand& command) {
  const int without_backup = int{command.rollback} + int{command.status} + int{command.history} + int{command.recover} +
                             int{!command.copy_undo.empty()} + int{command.drop_undo};
  if (without_backup + int{command.verify} + int{command.inspect} > 1) {
    return fail(ErrorKind::usage,
                "--verify, --inspect, --rollback, --status, --history, --recover, --copy-undo and --drop-undo exclude "
                "each other");
  }
  if (without_backup > 0 && !command.backup.empty()) {
    return fail(ErrorKind::usage,
                "a BACKUP makes no sense with --rollback, --status, --history, --recover, --copy-undo or --drop-undo");
  }
  for (const auto& hook : {command.restore.hooks.pre, command.restore.hooks.post}) {
    if (!hook.empty() && !hook.is_absolute()) {
      return fail(ErrorKind::usage, "the hook " + hook.string() + " must be an absolute path");
    }
  }
  if (command.restore.keep_undo == 0) return fail(ErrorKind::usage, "--keep-undo must be at least 1");
  if (command.restore.limits.max_ratio == 0) return fail(ErrorKind::usage, "--max-ratio must be at least 1");
  return {};
}

/// What is text on the command line and more than that to the library.
Result<void> read_demands(RestoreCommand& command) {
  auto& demands = command.restore.demands;
  for (const auto& text : command.require) {
    const auto equals = text.find('=');
    if (equals == std::string::npos) {
      return fail(ErrorKind::usage, "--require takes KEY=GLOB, for instance version=20.*, not \"" + text + "\"");
    }
    demands.facts.emplace_back(text.substr(0, equals), text.substr(equals + 1));
  }
  if (!command.max_shrink.empty())
    demands.max_shrink = FO_TRY(while_doing("--max-shrink", parse_percent(command.max_shrink)));
  if (!command.window.empty())
    command.restore.window = FO_TRY(while_doing("--window", parse_daily_window(command.window)));
  return {};
}

}  // namespace

void RestoreTool::declare(CLI::App& app) {
  declare_restore_options(app, command_);
}

Result<Outcome> RestoreTool::run(Session& session) {
  FO_TRY(check(command_));
  FO_TRY(read_demands(command_));
  const auto restorer = make_restorer(session.state_dir, FO_TRY(make_observer(ProbeOptions{})));
  auto& output = session.output;
  const auto& context = session.context;
  if (command_.status) return render(FO_TRY(restorer->status()), output);
  if (command_.history) return render(FO_TRY(restorer->history()), output);
  if ((command_.recover || command_.rollback || !command_.copy_undo.empty() || command_.drop_undo) &&
      session.options.dry_run) {
    return fail(ErrorKind::usage, "--dry-run goes with a restore only");
  }
  if (!command_.copy_undo.empty()) return render(FO_TRY(restorer->copy_undo(command_.copy_undo, context)));
  if (command_.drop_undo) return render_dropped(FO_TRY(restorer->drop_undo(context)));
  if (command_.recover) return render(FO_TRY(restorer->recover(context)));
  if (command_.rollback)
    return render(
        FO_TRY(counted(*restorer, session, [&] { return restorer->rollback(command_.restore.hooks, context); })), true);

  auto backup = command_.backup;
  if (backup == "-") backup = FO_TRY(backup_path_from_stdin(context));
  command_.restore.program = session.program.empty() ? command_.program : session.program;
  command_.restore.hand_over.password_file = command_.restore.password_file;
  command_.restore.symlinks = command_.symlinks == "inside";
  command_.restore.roots = FO_TRY(roots_from(command_.target, command_.maps));
  if (!command_.owner.empty()) command_.restore.owner = FO_TRY(owner_from(command_.owner));
  if (command_.inspect) return render(FO_TRY(restorer->inspect(backup, command_.restore, context)), output);
  if (command_.verify) return render(FO_TRY(restorer->verify(backup, command_.restore, context)), output);
  if (session.options.dry_run) return render(FO_TRY(restorer->plan(backup, command_.restore, context)), output);
  const auto restore = [&] { return restorer->restore(backup, command_.restore, context); };
  return render(FO_TRY(counted(*restorer, session, restore)), false);
}

Result<RestoreReport> RestoreTool::counted(Restorer& restorer, Session& session,
                                           const std::function<Result<RestoreReport>()>& work) {
  const auto began = Deadline::Clock::now();
  auto outcome = work();
  // Another run is at work, which counts itself (property alone); what was wrong usage is no run.
  const bool is_run =
      outcome || (outcome.error().kind != ErrorKind::locked && outcome.error().kind != ErrorKind::usage);
  if (!command_.metrics_file || !is_run) return outcome;
  const auto written = write_metrics(*command_.metrics_file, restorer, outcome, Deadline::Clock::now() - began);
  // Whether the backup is restored does not hang on a number in a file.
  if (!written) session.output.note(Level::warning, written.error().message);
  return outcome;
}

Result<void> RestoreTool::write_metrics(const std::filesystem::path& file, Restorer& restorer,
                                        const Result<RestoreReport>& outcome, Duration took) {
  const auto counters = FO_TRY(restorer.count(outcome));
  const auto status = FO_TRY(restorer.status());
  return replace_textfile(file, metrics_text(counters, status, !outcome, took));
}

}  // namespace failover::cli
