#include "cli/signals.hpp"

#include <csignal>
#include <functional>
#include <mutex>
#include <thread>
#include <utility>

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

void Signals::on_hangup(std::function<void()> call) {
  const std::scoped_lock lock(mutex_);
  on_hangup_ = std::move(call);
}

/// @return whether somebody wanted to hear of it.
bool Signals::hang_up() {
  const std::scoped_lock lock(mutex_);
  if (!on_hangup_) return false;
  on_hangup_();
  return true;
}

void Signals::wait() noexcept {
  const auto set = handled();
  while (true) {
    int number = 0;
    if (::sigwait(&set, &number) != 0) continue;
    if (closing_) return;
    if (number == SIGHUP && hang_up()) continue;
    if (received_.exchange(number) != 0) ::_exit(128 + number);
    source_.request_stop();
  }
}

}  // namespace failover::cli
