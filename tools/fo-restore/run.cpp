#include "fo-restore/run.hpp"

#include <filesystem>
#include <string>

#include <CLI/CLI.hpp>

#include <failover/error.hpp>
#include <failover/restorer.hpp>

#include "cli/session.hpp"
#include "cli/tool.hpp"
#include "fo-restore/backup_path.hpp"
#include "fo-restore/options.hpp"
#include "fo-restore/render.hpp"
#include "fo-restore/targets.hpp"

namespace failover::cli {

namespace {

/// One thing at a time, and nothing beside it that would be ignored.
Result<void> check(const RestoreCommand& command) {
  const int modes =
      int{command.verify} + int{command.rollback} + int{command.status} + int{command.history} + int{command.recover};
  if (modes > 1) {
    return fail(ErrorKind::usage, "--verify, --rollback, --status, --history and --recover exclude each other");
  }
  if ((command.rollback || command.status || command.history || command.recover) && !command.backup.empty()) {
    return fail(ErrorKind::usage, "a BACKUP makes no sense with --rollback, --status, --history or --recover");
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

}  // namespace

void RestoreTool::declare(CLI::App& app) {
  declare_restore_options(app, command_);
}

Result<Outcome> RestoreTool::run(Session& session) {
  FO_TRY(check(command_));
  const auto restorer = make_restorer(session.state_dir);
  auto& output = session.output;
  const auto& context = session.context;
  if (command_.status) return render(FO_TRY(restorer->status()), output);
  if (command_.history) return render(FO_TRY(restorer->history()), output);
  if ((command_.recover || command_.rollback) && session.options.dry_run) {
    return fail(ErrorKind::usage, "--dry-run goes with a restore only");
  }
  if (command_.recover) return render(FO_TRY(restorer->recover(context)));
  if (command_.rollback) return render(FO_TRY(restorer->rollback(command_.restore.hooks, context)), true);

  auto backup = command_.backup;
  if (backup == "-") backup = FO_TRY(backup_path_from_stdin(context));
  command_.restore.program = session.program;
  command_.restore.roots = FO_TRY(roots_from(command_.target, command_.maps));
  if (!command_.owner.empty()) command_.restore.owner = FO_TRY(owner_from(command_.owner));
  if (command_.verify) return render(FO_TRY(restorer->verify(backup, command_.restore, context)), output);
  if (session.options.dry_run) return render(FO_TRY(restorer->plan(backup, command_.restore, context)), output);
  return render(FO_TRY(restorer->restore(backup, command_.restore, context)), false);
}

}  // namespace failover::cli
