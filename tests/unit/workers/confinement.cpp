#include "workers/confinement.hpp"

#include <array>
#include <csignal>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <string>

#include <fcntl.h>
#include <linux/openat2.h>
#include <sys/mman.h>
#include <sys/mount.h>
#include <sys/ptrace.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/types.h>
#include <sys/wait.h>
#include <unistd.h>

#include "core/beneath.hpp"
#include "core/fd.hpp"
#include "support/catch.hpp"
#include "support/temporary_directory.hpp"

using namespace failover;

namespace {

constexpr WorkerLimits limits{.memory = 4096UL * 1024 * 1024, .cpu_s = 60, .file_size = 1000};
constexpr int was_denied = 10;
constexpr int was_allowed = 11;

int verdict(bool worked) {
  return worked ? was_allowed : was_denied;
}

/// Does it in a process that is confined to one folder. @return its exit status, or minus the signal that ended it
int in_confinement(const std::filesystem::path& folder, const std::function<int(int folder)>& act) {
  const Fd open(::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  REQUIRE(open);
  std::array<int, 2> pipe_ends{};
  REQUIRE(::pipe(pipe_ends.data()) == 0);
  const pid_t child = ::fork();
  if (child == 0) {
    ::dup2(pipe_ends[0], STDIN_FILENO);  // begin_worker ends the process when this hangs up
    ::close(pipe_ends[0]);
    const std::array folders{open.get()};
    if (!confine(folders, limits)) ::_exit(1);
    ::_exit(act(open.get()));
  }
  int status = 0;
  ::waitpid(child, &status, 0);
  ::close(pipe_ends[0]);
  ::close(pipe_ends[1]);
  return WIFEXITED(status) ? WEXITSTATUS(status) : -WTERMSIG(status);
}

}  // namespace

TEST_CASE("in its folder a worker makes files, and nothing else") {
  const test::TemporaryDirectory place;
  const auto folder = place.path() / "slots";
  std::filesystem::create_directories(folder);
  constexpr int make = O_WRONLY | O_CREAT | O_EXCL;
  CHECK(in_confinement(folder, [](int fd) { return verdict(open_beneath(fd, "0", make, 0600).has_value()); }) ==
        was_allowed);
  CHECK(std::filesystem::exists(folder / "0"));
  CHECK(in_confinement(folder, [](int fd) { return verdict(open_beneath(fd, "0", O_RDONLY).has_value()); }) ==
        was_denied);
  CHECK(in_confinement(folder, [](int fd) { return verdict(::mkdirat(fd, "d", 0700) == 0); }) == was_denied);
  CHECK(in_confinement(folder, [](int fd) { return verdict(open_beneath(fd, "../x", make, 0600).has_value()); }) ==
        was_denied);
}

TEST_CASE("beyond its folder a worker reaches nothing") {
  const test::TemporaryDirectory place;
  const auto folder = place.path() / "slots";
  std::filesystem::create_directories(folder);
  const auto outside = (place.path() / "outside").string();
  // As an attacker would, who runs in it: without our own care about paths.
  CHECK(in_confinement(folder, [&](int) {
          return verdict(::syscall(SYS_openat, AT_FDCWD, outside.c_str(), O_WRONLY | O_CREAT, 0600) >= 0);
        }) == was_denied);
  open_how how{O_WRONLY | O_CREAT, 0600, 0};
  CHECK(in_confinement(folder, [&](int) {
          return verdict(::syscall(SYS_openat2, AT_FDCWD, outside.c_str(), &how, sizeof how) >= 0);
        }) == was_denied);
  how = {O_RDONLY, 0, 0};
  CHECK(in_confinement(folder, [&](int) {
          return verdict(::syscall(SYS_openat2, AT_FDCWD, "/etc/passwd", &how, sizeof how) >= 0);
        }) == was_denied);
  CHECK_FALSE(std::filesystem::exists(outside));
}

TEST_CASE("a worker that tries what it never needs is ended") {
  const test::TemporaryDirectory place;
  const auto ended_by = [&](const std::function<int(int)>& act) { return in_confinement(place.path(), act); };
  CHECK(ended_by([](int) { return verdict(::socket(AF_INET, SOCK_STREAM, 0) >= 0); }) == -SIGSYS);
  CHECK(ended_by([](int) { return verdict(::socket(AF_UNIX, SOCK_STREAM, 0) >= 0); }) == -SIGSYS);
  CHECK(ended_by([](int) { return verdict(::execl("/bin/true", "true", nullptr) == 0); }) == -SIGSYS);
  CHECK(ended_by([](int) { return verdict(::ptrace(PTRACE_TRACEME, 0, nullptr, nullptr) == 0); }) == -SIGSYS);
  CHECK(ended_by([](int) { return verdict(::mount("none", "/mnt", "tmpfs", 0, nullptr) == 0); }) == -SIGSYS);
  CHECK(ended_by([](int) { return verdict(::kill(::getppid(), 0) == 0); }) == -SIGSYS);
}

TEST_CASE("a worker gets no memory for code and starts no process") {
  const test::TemporaryDirectory place;
  CHECK(in_confinement(place.path(), [](int) {
          return verdict(::mmap(nullptr, 4096, PROT_READ | PROT_EXEC, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0) !=
                         MAP_FAILED);
        }) == was_denied);
  CHECK(in_confinement(place.path(), [](int) {
          const pid_t child = ::fork();
          if (child == 0) ::_exit(0);
          return verdict(child > 0);
        }) == was_denied);
}

TEST_CASE("a file that grows beyond the largest one that is wanted ends the worker") {
  const test::TemporaryDirectory place;
  CHECK(in_confinement(place.path(), [](int folder) {
          const auto fd = open_beneath(folder, "big", O_WRONLY | O_CREAT | O_EXCL, 0600);
          if (!fd) return 1;
          const std::string bytes(2000, 'x');
          return verdict(::write(fd->get(), bytes.data(), bytes.size()) == 1000 && ::write(fd->get(), "x", 1) == 1);
        }) == -SIGXFSZ);
}
