#include "restore/program_run.hpp"

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <csignal>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <fcntl.h>
#include <sys/stat.h>
#include <sys/types.h>
#include <unistd.h>

#include <failover/context.hpp>
#include <failover/error.hpp>
#include <failover/restorer.hpp>

#include "core/child_process.hpp"
#include "core/fd.hpp"
#include "core/file_io.hpp"
#include "core/process_identity.hpp"
#include "core/secret.hpp"
#include "core/system_error.hpp"
#include "core/user_account.hpp"
#include "restore/expected_line.hpp"
#include "restore/handover_folder.hpp"
#include "restore/hooks.hpp"
#include "state/program_log.hpp"
#include "state/restore_journal.hpp"
#include "state/state_dir.hpp"

namespace failover {

namespace {

/// Of a log that the PROGRAM writes, its last part is read.
constexpr std::uint64_t most_of_log = std::uint64_t{64} << 20U;

bool names(const std::vector<std::string>& program, std::string_view word) {
  return std::ranges::any_of(program, [&](const std::string& argument) { return argument.contains(word); });
}

void replace_all(std::string& text, std::string_view what, std::string_view by) {
  for (auto at = text.find(what); at != std::string::npos; at = text.find(what, at + by.size())) {
    text.replace(at, what.size(), by);
  }
}

Result<std::vector<std::string>> arguments(const RestoreRun& run, const HandoverFolder& folder) {
  auto argv = run.program;
  for (auto& argument : argv) {
    replace_all(argument, "{}", folder.backup().string());
    replace_all(argument, "{log}", folder.log().string());
    replace_all(argument, "{password-file}", folder.password().string());
  }
  if (names(argv, "{password}")) {
    const auto password = FO_TRY(read_password_file(run.hand_over.password_file));
    for (auto& argument : argv) replace_all(argument, "{password}", password.reveal());
  }
  return argv;
}

/// Where all that the PROGRAM says goes.
class Listener {
 public:
  Listener(ProgramLog log, std::optional<ExpectedLine> expected) noexcept
      : log_(std::move(log)), expected_(std::move(expected)) {}

  void hear(std::string_view text) {
    log_.write(text);
    if (expected_) expected_->feed(text);
  }
  void end_of_text() {
    if (expected_) expected_->end_of_text();
  }
  [[nodiscard]] bool satisfied() const noexcept { return !expected_ || expected_->seen(); }
  [[nodiscard]] std::string where() const { return "; what it said is in " + log_.path().string(); }
  void close() noexcept { log_.close(); }

 private:
  ProgramLog log_;
  std::optional<ExpectedLine> expected_;
};

/// The log that the PROGRAM wrote by itself. The file is its user's: nothing but a regular file of his is read.
Result<void> hear_own_log(const HandoverFolder& folder, const std::optional<UserAccount>& user, Listener& listener) {
  const Fd fd = FO_TRY(open_file(folder.log(), O_RDONLY | O_NOFOLLOW | O_NONBLOCK));
  struct stat info{};
  if (::fstat(fd.get(), &info) != 0) return fail_errno("cannot look at " + folder.log().string());
  if (!S_ISREG(info.st_mode) || (user && info.st_uid != user->uid)) {
    return fail(ErrorKind::refused, folder.log().string() + " is not a file of the program's user any more");
  }
  const auto size = static_cast<std::uint64_t>(std::max<off_t>(0, info.st_size));
  std::vector<std::byte> buffer(std::size_t{64} << 10U);
  auto offset = size > most_of_log ? size - most_of_log : 0;
  while (offset < size) {
    const auto count = FO_TRY(read_at(fd.get(), offset, buffer));
    if (count == 0) break;
    listener.hear({reinterpret_cast<const char*>(buffer.data()), count});
    offset += count;
  }
  listener.end_of_text();
  return {};
}

std::string last_words(const ChildResult& result) {
  std::string_view text = result.output;
  while (text.ends_with('\n')) text.remove_suffix(1);
  constexpr std::size_t enough = 300;
  return text.empty() ? "" : ": " + std::string(text.substr(text.size() - std::min(enough, text.size())));
}

}  // namespace

Result<void> check_program(const std::vector<std::string>& program, const HandOver& hand_over) {
  if (!names(program, "{}")) {
    return fail(ErrorKind::usage, "no argument of the program holds {}, where the backup's path goes");
  }
  if (!hand_over.expect_log.empty()) FO_TRY(ExpectedLine::make(hand_over.expect_log));
  if (!hand_over.run_as.empty()) FO_TRY(find_lesser_user(hand_over.run_as));
  const bool in_argv = names(program, "{password}");
  if (!in_argv && !names(program, "{password-file}")) return {};
  if (hand_over.password_file.empty()) {
    return fail(ErrorKind::usage, "the program wants a password; name the file that it is in with --password-file");
  }
  if (in_argv && !hand_over.allow_password_in_argv) {
    return fail(ErrorKind::refused,
                "{password} would show the password to every user of this host; use {password-file}, or say "
                "--allow-password-in-argv if the program takes it no other way");
  }
  FO_TRY(read_password_file(hand_over.password_file));
  return {};
}

Result<void> run_program(const StateDir& state, RestoreJournal& journal, const HandoverFolder& folder,
                         const Context& context) {
  const RestoreRun run = *journal.open_run();
  ChildCommand command;
  if (!run.hand_over.run_as.empty()) command.user = FO_TRY(find_lesser_user(run.hand_over.run_as));
  std::optional<ExpectedLine> expected;
  if (!run.hand_over.expect_log.empty()) expected = FO_TRY(ExpectedLine::make(run.hand_over.expect_log));
  Listener listener(FO_TRY(ProgramLog::open(state, run.number)), std::move(expected));
  command.argv = FO_TRY(arguments(run, folder));
  command.limit = std::chrono::hours(24 * 365);
  command.environment = {{"FO_BACKUP", folder.backup().string()}};
  command.merge_output = true;
  command.heard = [&](std::string_view text) { listener.hear(text); };
  command.born = [&](pid_t pid) -> Result<void> { return journal.program_started(FO_TRY(identity_of(pid))); };
  Context calm = unstoppable(context);
  calm.deadline = context.deadline;
  const auto ended = run_child(command, calm);
  listener.end_of_text();
  const auto heard = names(run.program, "{log}") ? hear_own_log(folder, command.user, listener) : Result<void>();
  listener.close();
  const auto& name = run.program.front();
  if (!ended) return fail(ended.error().kind, ended.error().message + listener.where());
  if (!ended->ok()) {
    return fail(ErrorKind::io, name + " failed with " + ended->how_it_ended() + last_words(*ended) + listener.where());
  }
  if (!heard) return std::unexpected(heard.error());
  if (listener.satisfied()) return {};
  return fail(ErrorKind::io, name + " ended with exit status 0, but no line that it wrote fits --expect-log \"" +
                                 run.hand_over.expect_log + "\"" + listener.where());
}

Result<void> check_program_has_ended(const RestoreRun& run) {
  if (!run.program_process) return {};
  const auto& process = *run.program_process;
  const auto now = identity_of(process.pid);
  const bool same = now && *now == process;
  // Another process with this number now: then our group has ended, since a group keeps its number from being used.
  if (now && !same) return {};
  const auto self = FO_TRY(identity_of(::getpid()));
  if (self.boot != process.boot) return {};
  if (::kill(-process.pid, 0) != 0 && errno == ESRCH) return {};
  return fail(ErrorKind::locked, run.program.front() + " of the interrupted run is still at work (process group " +
                                     std::to_string(process.pid) + "): wait for its end, or end it, and try again");
}

std::string password_warning(const RestoreRun& run) {
  if (!names(run.program, "{password}")) return {};
  return "the password was in the arguments of " + run.program.front() +
         ", where every user of this host could read it";
}

}  // namespace failover
