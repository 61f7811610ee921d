#include "core/process_identity.hpp"

#include <csignal>

#include <sys/wait.h>
#include <unistd.h>

#include <failover/error.hpp>

#include "support/catch.hpp"

using namespace failover;

TEST_CASE("a process is pinned as the one that was meant, and no other") {
  const pid_t child = ::fork();
  if (child == 0) {
    ::pause();
    ::_exit(0);
  }
  const auto identity = *identity_of(child);
  const auto pinned = *pin_process(identity);
  auto other = identity;
  other.started -= 1;  // the number was given to another process meanwhile
  CHECK(pin_process(other).error().kind == ErrorKind::not_found);
  other = identity;
  other.boot = "another boot";
  CHECK(pin_process(other).error().kind == ErrorKind::not_found);
  REQUIRE(signal_pinned(pinned, SIGKILL));
  int status = 0;
  REQUIRE(::waitpid(child, &status, 0) == child);
  CHECK(WTERMSIG(status) == SIGKILL);
  CHECK(pin_process(identity).error().kind == ErrorKind::not_found);
  CHECK(signal_pinned(pinned, SIGKILL));
}

TEST_CASE("there is no process 0") {
  CHECK(identity_of(0).error().kind == ErrorKind::not_found);
  CHECK(pin_process(ProcessIdentity{}).error().kind == ErrorKind::not_found);
}
