#include "fo-restore/options.hpp"

#include <CLI/CLI.hpp>

#include "cli/option_types.hpp"

namespace failover::cli {

namespace {

void declare_places(CLI::App& app, RestoreCommand& command) {
  auto& restore = command.restore;
  app.add_option("backup", command.backup,
                 "The backup; - takes its path from the first line of stdin (default: the newest verified one)")
      ->type_name("BACKUP");
  app.add_option("--target", command.target, "Directory that the archive's root goes to")->type_name("DIR");
  app.add_option("--map", command.maps, "This part of the archive goes there (repeatable; the longest prefix counts)")
      ->type_name("PREFIX=DIR")
      ->allow_extra_args(false);
  app.add_flag("--ignore-unmapped", restore.ignore_unmapped, "Leave out what no --map takes");
  app.add_flag("--take-over", restore.take_over, "Once, for a non-empty directory that we have not restored yet");
  app.add_flag("--mirror", restore.mirror, "Also remove what is not in the backup (kept in the undo copy)");
  app.add_option("--keep-undo", restore.keep_undo, "Of how many generations the undo copies are kept (default 1)")
      ->type_name("N");
  app.add_option("--owner", command.owner, "Owner of files that are new here (default: their directory's)")
      ->type_name("USER[:GROUP]");
  app.add_option("--symlinks", command.symlinks, "Symbolic links: refuse (default), or keep those that end inside")
      ->type_name("refuse|inside")
      ->check(CLI::IsMember({"refuse", "inside"}).description(""));
}

void declare_demands(CLI::App& app, RestoreCommand& command) {
  auto& restore = command.restore;
  app.add_flag("--verify", command.verify, "Check the backup only: archive, digest, limits");
  app.add_flag("--inspect", command.inspect, "Print what is in the backup: kind, version, extensions, certificates");
  app.add_option("--require", command.require,
                 "Refuse a backup that is not so: kind, version or fqdn, for instance version=20.*")
      ->type_name("KEY=GLOB")
      ->allow_extra_args(false);
  app.add_option("--min-extensions", restore.demands.min_extensions, "Refuse a backup with fewer extensions")
      ->type_name("N");
  app.add_option("--max-shrink", command.max_shrink,
                 "Refuse a backup that is smaller than the last restored one by more")
      ->type_name("PERCENT");
  app.add_option("--window", command.window, "Refuse outside this part of the day, local time: 01:00-05:00")
      ->type_name("FROM-TO");
}

void declare_hand_over(CLI::App& app, RestoreCommand& command) {
  auto& restore = command.restore;
  app.add_option("--pre-hook", restore.hooks.pre, "Executable to run before the first change (stops services)")
      ->type_name("FILE");
  app.add_option("--post-hook", restore.hooks.post, "Executable to run at the end (starts services, looks at them)")
      ->type_name("FILE");
  add_duration(app, "--hook-timeout", restore.hooks.timeout, "How long a hook may take (default 5m)");
  app.add_option("--check", restore.checks.targets, "Target of fo-probe that must be up afterwards; repeatable")
      ->type_name("TARGET")
      ->allow_extra_args(false);
  add_duration(app, "--check-timeout", restore.checks.timeout, "How long the checks may take to come up (default 1m)");
  app.add_option("--program", command.program,
                 "For the configuration file: the PROGRAM and its arguments, a word each; what follows -- displaces it")
      ->type_name("WORD")
      ->allow_extra_args(false);
  auto& hand_over = restore.hand_over;
  app.add_option("--run-as", hand_over.run_as, "Who runs the PROGRAM, with a copy that only he and root can read")
      ->type_name("USER");
  app.add_option("--handover-dir", hand_over.place, "Where that copy's folder is made (default /var/tmp)")
      ->type_name("DIR");
  app.add_option("--expect-log", hand_over.expect_log, "A line of the PROGRAM's output or {log} must fit this")
      ->type_name("REGEX");
  app.add_flag("--allow-password-in-argv", hand_over.allow_password_in_argv,
               "Allow {password} in the PROGRAM's arguments, where every user can read it");
}

void declare_rest(CLI::App& app, RestoreCommand& command) {
  auto& restore = command.restore;
  app.add_option("--metrics-file", command.metrics_file, "File for Prometheus, replaced after every run")
      ->type_name("FILE.prom");
  app.add_flag("--rollback", command.rollback, "Go back to what was here before the last restore");
  app.add_flag("--status", command.status, "Print what is applied now");
  app.add_flag("--history", command.history, "Print every run, oldest first");
  app.add_flag("--recover", command.recover, "Finish or undo an interrupted run (every run does this first)");
  app.add_option("--copy-undo", command.copy_undo,
                 "Copy what the pinned restore (else the last one) took away, by its names, into this new directory")
      ->type_name("DIR");
  app.add_flag("--drop-undo", command.drop_undo, "Let go of the undo copies that are pinned");
  app.add_option("--password-file", restore.password_file,
                 "File with the password of an encrypted archive, and of {password-file}")
      ->type_name("FILE");
  add_size(app, "--max-size", restore.limits.max_size, "Refuse an archive that unpacks to more (default 1TiB)");
  app.add_option("--max-files", restore.limits.max_files, "Refuse an archive of more entries (default 10000000)")
      ->type_name("N");
  app.add_option("--max-ratio", restore.limits.max_ratio, "Refuse an archive that is packed tighter (default 1000)")
      ->type_name("N");
  add_duration(app, "--max-age", restore.max_age, "Refuse an older backup");
}

}  // namespace

void declare_restore_options(CLI::App& app, RestoreCommand& command) {
  declare_places(app, command);
  declare_demands(app, command);
  declare_hand_over(app, command);
  declare_rest(app, command);
}

}  // namespace failover::cli
