#include "core/fork_exec.hpp"

#include <array>
#include <cerrno>
#include <csignal>
#include <cstddef>
#include <string>
#include <utility>

#include <fcntl.h>
#include <linux/capability.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/types.h>
#include <sys/wait.h>
#include <unistd.h>

#include <failover/error.hpp>

#include "core/fd.hpp"
#include "core/system_error.hpp"
#include "core/user_account.hpp"

namespace failover {

namespace {

constexpr int exec_failed = 127;

struct Pipe {
  Fd read_end;
  Fd write_end;
};

Result<Pipe> make_pipe() {
  std::array<int, 2> ends{};
  if (::pipe2(ends.data(), O_CLOEXEC) != 0) return fail_errno("cannot make a pipe");
  return Pipe{Fd(ends[0]), Fd(ends[1])};
}

/// All between fork and exec: nothing but system calls, since another thread may have held any lock at the fork.
class Child {
 public:
  Child(const ForkedProgram& program, int gate, int report) noexcept
      : program_(program), gate_(gate), report_(report) {}

  [[noreturn]] void become() const noexcept {
    if (prepare() && wait_at_gate()) ::execve(program_.path, program_.argv, program_.environment);
    const int error = errno;
    [[maybe_unused]] const auto told = ::write(report_, &error, sizeof error);
    ::_exit(exec_failed);
  }

 private:
  [[nodiscard]] bool prepare() const noexcept {
    if (::setpgid(0, 0) != 0) return false;
    struct sigaction normal{};
    normal.sa_handler = SIG_DFL;
    for (int number = 1; number < NSIG; ++number) ::sigaction(number, &normal, nullptr);
    if (::dup2(program_.input, STDIN_FILENO) < 0 || ::dup2(program_.output, STDOUT_FILENO) < 0 ||
        ::dup2(program_.errors, STDERR_FILENO) < 0) {
      return false;
    }
    sigset_t none{};
    ::sigemptyset(&none);
    if (::sigprocmask(SIG_SETMASK, &none, nullptr) != 0) return false;
    return program_.user == nullptr || take_user(*program_.user);
  }

  /// By the system calls themselves: the C library's would tell every thread of ours, which the child does not have.
  static bool take_user(const UserAccount& user) noexcept {
    if (::syscall(SYS_setgroups, user.groups.size(), user.groups.data()) != 0) return false;
    if (::syscall(SYS_setresgid, user.gid, user.gid, user.gid) != 0) return false;
    ::prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_CLEAR_ALL, 0, 0, 0);
    if (::syscall(SYS_setresuid, user.uid, user.uid, user.uid) != 0) return false;
    __user_cap_header_struct header{_LINUX_CAPABILITY_VERSION_3, 0};
    std::array<__user_cap_data_struct, _LINUX_CAPABILITY_U32S_3> no_capability{};
    if (::syscall(SYS_capset, &header, no_capability.data()) != 0) return false;
    if (::syscall(SYS_setuid, 0) == 0) {
      errno = EPERM;  // whoever can go back has not become him
      return false;
    }
    return ::chdir(user.home.c_str()) == 0 || ::chdir("/") == 0;
  }

  [[nodiscard]] bool wait_at_gate() const noexcept {
    char go = 0;
    ssize_t count = -1;
    while ((count = ::read(gate_, &go, 1)) < 0 && errno == EINTR) {
    }
    if (count == 1) return true;
    errno = ECANCELED;
    return false;
  }

  const ForkedProgram& program_;
  int gate_;
  int report_;
};

void end(pid_t child) noexcept {
  ::kill(child, SIGKILL);
  while (::waitpid(child, nullptr, 0) < 0 && errno == EINTR) {
  }
}

}  // namespace

Result<pid_t> fork_exec(const ForkedProgram& program) {
  auto gate = FO_TRY(make_pipe());
  auto report = FO_TRY(make_pipe());
  const pid_t child = ::fork();
  if (child < 0) return fail_errno("cannot make a process");
  if (child == 0) {
    // Only the parent may open the gate: when it dies, the gate breaks.
    ::close(gate.write_end.get());
    Child(program, gate.read_end.get(), report.write_end.get()).become();
  }
  report.write_end.reset();
  gate.read_end.reset();
  const auto allowed = program.born ? program.born(child) : Result<void>();
  if (!allowed) {
    end(child);
    return std::unexpected(allowed.error());
  }
  const char go = 1;
  [[maybe_unused]] const auto opened = ::write(gate.write_end.get(), &go, 1);
  int error = 0;
  ssize_t count = -1;
  while ((count = ::read(report.read_end.get(), &error, sizeof error)) < 0 && errno == EINTR) {
  }
  if (count != static_cast<ssize_t>(sizeof error)) return child;
  end(child);
  return std::unexpected(system_error(error, std::string("cannot run ") + program.path));
}

}  // namespace failover
