#include "cli/signals.hpp"

#include <csignal>
#include <thread>

#include <pthread.h>
#include <unistd.h>

namespace failover::cli {

namespace {

sigset_t handled() noexcept {
  sigset_t set{};
  ::sigemptyset(&set);
  ::sigaddset(&set, SIGINT);
  ::sigaddset(&set, SIGTERM);
  ::sigaddset(&set, SIGHUP);
  return set;
}

}  // namespace

Signals::Signals() {
  const auto set = handled();
  ::pthread_sigmask(SIG_BLOCK, &set, nullptr);
  // A reader of our stdout that goes away is an error of write(2), not our death in the middle of a step.
  std::signal(SIGPIPE, SIG_IGN);
  thread_ = std::jthread([this] { wait(); });
}

Signals::~Signals() {
  closing_ = true;
  // Blocked in every thread, so it only wakes the wait.
  ::pthread_kill(thread_.native_handle(), SIGHUP);
}

void Signals::wait() noexcept {
  const auto set = handled();
  while (true) {
    int number = 0;
    if (::sigwait(&set, &number) != 0) continue;
    if (closing_) return;
    if (received_.exchange(number) != 0) ::_exit(128 + number);
    source_.request_stop();
  }
}

}  // namespace failover::cli
