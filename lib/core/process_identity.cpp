#include "core/process_identity.hpp"

#include <cerrno>
#include <charconv>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <system_error>

#include <poll.h>
#include <sys/syscall.h>
#include <sys/types.h>
#include <unistd.h>

#include <failover/error.hpp>

#include "core/fd.hpp"
#include "core/file_io.hpp"
#include "core/system_error.hpp"

namespace failover {

namespace {

constexpr std::size_t stat_limit = 4096;
/// Of proc(5)'s fields, counted after the name, which may hold anything but ends with the last ')'.
constexpr int start_field = 20;

std::unexpected<Error> no_such_process(pid_t pid) {
  return fail(ErrorKind::not_found, "there is no process " + std::to_string(pid));
}

Result<std::uint64_t> start_of(std::string_view stat, pid_t pid) {
  const auto name_end = stat.rfind(')');
  if (name_end == std::string_view::npos) return no_such_process(pid);
  auto rest = stat.substr(name_end + 1);
  for (int field = 0; field < start_field; ++field) {
    const auto space = rest.find(' ');
    if (space == std::string_view::npos) return no_such_process(pid);
    rest.remove_prefix(space + 1);
  }
  std::uint64_t started = 0;
  const auto [end, error] = std::from_chars(rest.data(), rest.data() + rest.size(), started);
  if (error != std::errc()) return no_such_process(pid);
  return started;
}

bool has_ended(const Fd& process) {
  pollfd ended{process.get(), POLLIN, 0};
  return ::poll(&ended, 1, 0) != 0;
}

}  // namespace

Result<ProcessIdentity> identity_of(pid_t pid) {
  if (pid <= 0) return no_such_process(pid);
  const auto stat = read_file("/proc/" + std::to_string(pid) + "/stat", stat_limit);
  if (!stat) return no_such_process(pid);
  auto boot = FO_TRY(read_file("/proc/sys/kernel/random/boot_id", stat_limit));
  while (boot.ends_with('\n')) boot.pop_back();
  return ProcessIdentity{pid, FO_TRY(start_of(*stat, pid)), boot};
}

Result<Fd> pin_process(const ProcessIdentity& identity) {
  if (identity.pid <= 0) return no_such_process(identity.pid);
  Fd process(static_cast<int>(::syscall(SYS_pidfd_open, identity.pid, 0)));
  if (!process && errno == ESRCH) return no_such_process(identity.pid);
  if (!process) return fail_errno("cannot pin process " + std::to_string(identity.pid));
  // Looked at after it was pinned, and it still lives after the look: so what was looked at is what is pinned.
  const auto now = FO_TRY(identity_of(identity.pid));
  if (now != identity || has_ended(process)) return no_such_process(identity.pid);
  return process;
}

Result<void> signal_pinned(const Fd& process, int number) {
  if (::syscall(SYS_pidfd_send_signal, process.get(), number, nullptr, 0) == 0 || errno == ESRCH) return {};
  return fail_errno("cannot send a signal");
}

}  // namespace failover
