#include "state/host_lock.hpp"

#include <chrono>
#include <csignal>
#include <string>

#include <sys/wait.h>
#include <unistd.h>

#include <failover/context.hpp>
#include <failover/error.hpp>

#include "core/file_lock.hpp"
#include "state/state_dir.hpp"
#include "support/catch.hpp"
#include "support/temporary_directory.hpp"

using namespace failover;

namespace {

/// A process that holds the lock until it is ended. `note` replaces what it says of itself.
class Holder {
 public:
  Holder(const StateDir& state, LockPurpose purpose, const std::string& note = {}) {
    int ready[2];
    REQUIRE(::pipe(ready) == 0);
    pid_ = ::fork();
    if (pid_ == 0) {
      ::signal(SIGTERM, SIG_DFL);  // not the test framework's
      const auto lock = note.empty() ? lock_host(state, purpose) : FileLock::take(state.host_lock(), note);
      if (::write(ready[1], lock ? "1" : "0", 1) != 1) ::_exit(1);
      while (true) ::pause();
    }
    char answer = 0;
    REQUIRE(::read(ready[0], &answer, 1) == 1);
    REQUIRE(answer == '1');
    ::close(ready[0]);
    ::close(ready[1]);
  }
  ~Holder() {
    ::kill(pid_, SIGKILL);
    ::waitpid(pid_, nullptr, 0);
  }
  /// The signal that has ended it, or 0.
  [[nodiscard]] int ended() const {
    int status = 0;
    siginfo_t info{};
    if (::waitid(P_PID, static_cast<id_t>(pid_), &info, WEXITED | WNOHANG | WNOWAIT) != 0 || info.si_pid == 0) return 0;
    status = info.si_status;
    return status;
  }
  [[nodiscard]] pid_t pid() const { return pid_; }

 private:
  pid_t pid_ = 0;
};

Context soon() {
  Context context;
  context.deadline = Deadline::after(std::chrono::milliseconds(300));
  return context;
}

}  // namespace

TEST_CASE("a restore that holds the lock is asked to stop") {
  const test::TemporaryDirectory folder;
  const auto state = *StateDir::open(folder / "state");
  const Holder holder(state, LockPurpose::restore);
  CHECK(lock_host(state, LockPurpose::promotion).error().kind == ErrorKind::locked);
  Context context;
  context.deadline = Deadline::after(std::chrono::seconds(10));
  CHECK(lock_host_for_promotion(state, context));
  CHECK(holder.ended() == SIGTERM);
}

TEST_CASE("a promotion that holds the lock is left alone") {
  const test::TemporaryDirectory folder;
  const auto state = *StateDir::open(folder / "state");
  const Holder holder(state, LockPurpose::promotion);
  CHECK(lock_host_for_promotion(state, soon()).error().kind == ErrorKind::locked);
  CHECK(holder.ended() == 0);
}

TEST_CASE("whoever has the number of an earlier holder is left alone") {
  const test::TemporaryDirectory folder;
  const auto state = *StateDir::open(folder / "state");
  const Holder bystander(state, LockPurpose::restore);
  auto note = *FileLock::note_of(state.host_lock());
  const auto at = note.find("\"started\":") + 10;
  note.insert(at, "9");  // as if the bystander's number had been the holder's before
  const test::TemporaryDirectory other;
  const auto elsewhere = *StateDir::open(other / "state");
  const Holder holder(elsewhere, LockPurpose::restore, note);
  CHECK(lock_host_for_promotion(elsewhere, soon()).error().kind == ErrorKind::locked);
  CHECK(bystander.ended() == 0);
  CHECK(holder.ended() == 0);
}

TEST_CASE("nonsense in the lock harms nobody") {
  const test::TemporaryDirectory folder;
  const auto state = *StateDir::open(folder / "state");
  const Holder holder(state, LockPurpose::restore,
                      R"({"format":1,"pid":-1,"started":1,"boot":"","purpose":"restore"})");
  CHECK(lock_host_for_promotion(state, soon()).error().kind == ErrorKind::locked);
}
