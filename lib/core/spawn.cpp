#include "core/spawn.hpp"

#include <array>
#include <cerrno>
#include <csignal>
#include <cstddef>
#include <cstdlib>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <fcntl.h>
#include <fmt/format.h>
#include <poll.h>
#include <spawn.h>
#include <sys/syscall.h>
#include <sys/types.h>
#include <sys/wait.h>
#include <unistd.h>

#include <failover/error.hpp>

#include "core/fd.hpp"
#include "core/fork_exec.hpp"
#include "core/system_error.hpp"
#include "core/user_account.hpp"

namespace failover {

namespace {

constexpr std::array<std::string_view, 6> clean_path{"/usr/local/sbin", "/usr/local/bin", "/usr/sbin",
                                                     "/usr/bin",        "/sbin",          "/bin"};

constexpr int most_patience_ms = 50;

struct Pipe {
  Fd read_end;
  Fd write_end;
};

Result<Pipe> make_pipe() {
  std::array<int, 2> ends{};
  if (::pipe2(ends.data(), O_CLOEXEC) != 0) return fail_errno("cannot make a pipe");
  return Pipe{Fd(ends[0]), Fd(ends[1])};
}

/// Only our end: the child must get an ordinary, blocking one.
Result<Fd> non_blocking(Fd fd) {
  if (::fcntl(fd.get(), F_SETFL, O_NONBLOCK) != 0) return fail_errno("cannot set up a pipe");
  return fd;
}

std::string find_program(const std::string& name) {
  if (name.contains('/')) return name;
  for (const auto directory : clean_path) {
    auto candidate = std::string(directory) + "/" + name;
    if (::access(candidate.c_str(), X_OK) == 0) return candidate;
  }
  return name;
}

std::vector<std::string> clean_environment(const std::vector<std::pair<std::string, std::string>>& additions,
                                           const UserAccount* user) {
  std::string path = "PATH=";
  for (const auto directory : clean_path) path.append(path.size() > 5 ? ":" : "").append(directory);
  std::vector<std::string> environment{path, "LANG=C.UTF-8", "HOME=" + (user != nullptr ? user->home : "/")};
  if (user != nullptr) environment.insert(environment.end(), {"USER=" + user->name, "LOGNAME=" + user->name});
  for (const auto& [name, value] : additions) environment.push_back(fmt::format("{}={}", name, value));
  return environment;
}

std::vector<char*> pointers(std::vector<std::string>& strings) {
  std::vector<char*> result;
  result.reserve(strings.size() + 1);
  for (auto& text : strings) result.push_back(text.data());
  result.push_back(nullptr);
  return result;
}

/// The attributes and file actions of one posix_spawn.
class SpawnSetup {
 public:
  SpawnSetup() noexcept {
    ::posix_spawn_file_actions_init(&actions_);
    ::posix_spawnattr_init(&attributes_);
    sigset_t none{};
    sigset_t all{};
    ::sigemptyset(&none);
    ::sigfillset(&all);
    ::posix_spawnattr_setsigmask(&attributes_, &none);
    ::posix_spawnattr_setsigdefault(&attributes_, &all);
    ::posix_spawnattr_setpgroup(&attributes_, 0);
    ::posix_spawnattr_setflags(&attributes_, POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETPGROUP);
  }
  SpawnSetup(const SpawnSetup&) = delete;
  SpawnSetup& operator=(const SpawnSetup&) = delete;
  ~SpawnSetup() {
    ::posix_spawn_file_actions_destroy(&actions_);
    ::posix_spawnattr_destroy(&attributes_);
  }

  void use_as(const Fd& fd, int number) noexcept { ::posix_spawn_file_actions_adddup2(&actions_, fd.get(), number); }

  /// As 3 and on. Copies far above come first: one that is put in its place must not fall on another that waits.
  Result<std::vector<Fd>> hand_down(std::span<const int> descriptors) {
    const int above = 3 + static_cast<int>(descriptors.size());
    std::vector<Fd> copies;
    for (const int fd : descriptors) {
      copies.emplace_back(::fcntl(fd, F_DUPFD_CLOEXEC, above));
      if (!copies.back()) return fail_errno("cannot hand a descriptor to a child process");
    }
    for (std::size_t i = 0; i < copies.size(); ++i) use_as(copies[i], 3 + static_cast<int>(i));
    return copies;
  }

  Result<pid_t> spawn(std::vector<std::string> argv, std::vector<std::string> environment) const {
    const auto program = find_program(argv.front());
    pid_t pid = -1;
    const int error = ::posix_spawn(&pid, program.c_str(), &actions_, &attributes_, pointers(argv).data(),
                                    pointers(environment).data());
    if (error != 0) return std::unexpected(system_error(error, "cannot run " + program));
    return pid;
  }

 private:
  posix_spawn_file_actions_t actions_{};
  posix_spawnattr_t attributes_{};
};

Result<pid_t> fork_with(const SpawnWishes& wishes, std::vector<std::string> argv, std::vector<std::string> environment,
                        const std::array<int, 3>& streams) {
  const auto path = find_program(argv.front());
  const auto arguments = pointers(argv);
  const auto variables = pointers(environment);
  return fork_exec({.path = path.c_str(),
                    .argv = arguments.data(),
                    .environment = variables.data(),
                    .input = streams[0],
                    .output = streams[1],
                    .errors = streams[2],
                    .user = wishes.user,
                    .born = wishes.born});
}

}  // namespace

Result<SpawnedChild> SpawnedChild::start(const std::vector<std::string>& argv,
                                         const std::vector<std::pair<std::string, std::string>>& environment,
                                         bool merge_output, const SpawnWishes& wishes) {
  if (argv.empty() || argv.front().empty()) return fail(ErrorKind::usage, "no program to run was named");
  auto in = FO_TRY(make_pipe());
  auto out = FO_TRY(make_pipe());
  auto err = FO_TRY(make_pipe());
  SpawnSetup setup;
  setup.use_as(in.read_end, STDIN_FILENO);
  setup.use_as(out.write_end, STDOUT_FILENO);
  setup.use_as(merge_output ? out.write_end : err.write_end, STDERR_FILENO);
  const auto copies = FO_TRY(setup.hand_down(wishes.descriptors));
  auto near_in = FO_TRY(non_blocking(std::move(in.write_end)));
  auto near_out = FO_TRY(non_blocking(std::move(out.read_end)));
  auto near_err = FO_TRY(non_blocking(std::move(err.read_end)));
  const int child_errors = merge_output ? out.write_end.get() : err.write_end.get();
  const bool plain = wishes.user == nullptr && !wishes.born;
  const pid_t pid = plain ? FO_TRY(setup.spawn(argv, clean_environment(environment, nullptr)))
                          : FO_TRY(fork_with(wishes, argv, clean_environment(environment, wishes.user),
                                             {in.read_end.get(), out.write_end.get(), child_errors}));
  SpawnedChild child(pid, Fd(static_cast<int>(::syscall(SYS_pidfd_open, pid, 0))));
  if (!child.pidfd_) return fail_errno("cannot watch a child process");
  child.input = std::move(near_in);
  child.output = std::move(near_out);
  child.errors = std::move(near_err);
  return child;
}

SpawnedChild::SpawnedChild(SpawnedChild&& other) noexcept
    : input(std::move(other.input)),
      output(std::move(other.output)),
      errors(std::move(other.errors)),
      pid_(std::exchange(other.pid_, -1)),
      pidfd_(std::move(other.pidfd_)) {}

SpawnedChild::~SpawnedChild() {
  if (pid_ < 0) return;
  signal_group(SIGKILL);
  // Property bounded: a process that is stuck in the kernel (a dead file server) dies when it can, and is not waited
  // for.
  pollfd ended{pidfd_.get(), POLLIN, 0};
  if (!pidfd_ || ::poll(&ended, 1, most_patience_ms) > 0) reap();
}

void SpawnedChild::signal_group(int number) const noexcept {
  if (pid_ > 0) ::kill(-pid_, number);
}

std::pair<int, int> SpawnedChild::reap() noexcept {
  siginfo_t info{};
  while (::waitid(P_PID, static_cast<id_t>(pid_), &info, WEXITED) != 0 && errno == EINTR) {
  }
  pid_ = -1;
  return {info.si_code, info.si_status};
}

}  // namespace failover
