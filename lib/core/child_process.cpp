#include "core/child_process.hpp"

#include <algorithm>
#include <array>
#include <cerrno>
#include <csignal>
#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include <fmt/format.h>
#include <poll.h>
#include <sys/types.h>
#include <sys/wait.h>
#include <unistd.h>

#include <failover/context.hpp>
#include <failover/error.hpp>

#include "core/clock.hpp"
#include "core/fd.hpp"
#include "core/sigpipe.hpp"
#include "core/spawn.hpp"
#include "core/stop_wake.hpp"

namespace failover {

namespace {

/// Feeds and drains the child's streams until it ends or a deadline passes.
class Conversation {
 public:
  Conversation(SpawnedChild& child, const ChildCommand& command, ChildResult& result) noexcept
      : child_(child), command_(command), rest_of_input_(command.input), result_(result) {}

  /// @param wake a descriptor that ends the wait when readable, or -1. @return whether the child has ended.
  bool until(Deadline deadline, int wake) {
    while (true) {
      std::vector<pollfd> polls{{child_.pidfd(), POLLIN, 0}, {wake, POLLIN, 0}};
      add(polls, child_.input, POLLOUT);
      add(polls, child_.output, POLLIN);
      add(polls, child_.errors, POLLIN);
      const int ready = ::poll(polls.data(), polls.size(), deadline.poll_timeout_ms());
      feed();
      drain(child_.output, result_.output);
      drain(child_.errors, result_.errors);
      if (ready > 0 && polls[0].revents != 0) return true;
      if ((ready > 0 && polls[1].revents != 0) || deadline.passed()) return false;
    }
  }

 private:
  static void add(std::vector<pollfd>& polls, const Fd& fd, short events) {
    if (fd) polls.push_back({fd.get(), events, 0});
  }

  void feed() noexcept {
    while (child_.input) {
      const ssize_t count =
          rest_of_input_.empty() ? 0 : ::write(child_.input.get(), rest_of_input_.data(), rest_of_input_.size());
      if (count < 0 && errno == EINTR) continue;
      if (count < 0 && errno == EAGAIN) return;
      if (count <= 0) {
        child_.input.reset();  // all written, or the child does not want it: its own business
        return;
      }
      rest_of_input_.remove_prefix(static_cast<std::size_t>(count));
    }
  }

  /// Beyond the cap bytes are read and dropped, so that the child never blocks on us. A flood is left after some
  /// rounds: the deadline must be looked at in between.
  void drain(Fd& fd, std::string& kept) {
    std::array<char, std::size_t{16} * 1024> buffer{};
    for (int round = 0; fd && round < 16; ++round) {
      const ssize_t count = ::read(fd.get(), buffer.data(), buffer.size());
      if (count < 0 && errno == EINTR) continue;
      if (count < 0 && errno == EAGAIN) return;
      if (count <= 0) {
        fd.reset();
        return;
      }
      const auto size = static_cast<std::size_t>(count);
      if (command_.heard) command_.heard({buffer.data(), size});
      const auto cap = command_.output_cap;
      const auto room = std::min(size, cap - std::min(cap, kept.size()));
      kept.append(buffer.data(), room);
      result_.truncated = result_.truncated || room < size;
    }
  }

  SpawnedChild& child_;
  const ChildCommand& command_;
  std::string_view rest_of_input_;
  ChildResult& result_;
};

/// Until TERM: the limit, or so much less that KILL still comes before the deadline (property bounded).
Duration time_given(const ChildCommand& command, const Context& context) {
  if (context.deadline.is_never()) return command.limit;
  const auto left = context.deadline.remaining();
  return std::min(command.limit, left - std::min(command.grace, left / 4));
}

void end_group(SpawnedChild& child, Conversation& conversation, Deadline hard_end) {
  child.signal_group(SIGTERM);
  conversation.until(hard_end, -1);
  // Also when the child itself has ended: nothing of its group may live on after a time-out.
  child.signal_group(SIGKILL);
}

}  // namespace

std::string ChildResult::how_it_ended() const {
  return exit_status ? fmt::format("exit status {}", *exit_status) : fmt::format("signal {}", signal.value_or(0));
}

Result<ChildResult> run_child(const ChildCommand& command, const Context& context) {
  FO_TRY(context.check());
  const auto wake = FO_TRY(StopWake::make());
  const SigpipeBlocked no_sigpipe;
  const auto given = time_given(command, context);
  const auto soft = Deadline::after(given);
  ChildResult result;
  SpawnedChild child = FO_TRY(SpawnedChild::start(command.argv, command.environment, command.merge_output,
                                                  {command.user ? &*command.user : nullptr, command.born}));
  Conversation conversation(child, command, result);
  const auto on_stop = wake.on(context.stop);
  if (!conversation.until(soft, wake.fd())) {
    end_group(child, conversation, context.deadline.sooner(Deadline::after(command.grace)));
    if (context.stop.stop_requested()) {
      return fail(ErrorKind::cancelled, command.argv.front() + " was ended because a signal asked us to stop");
    }
    return fail(ErrorKind::timeout,
                fmt::format("{} did not end in time ({}) and was killed", command.argv.front(),
                            given < command.limit ? "the deadline of all" : human_duration(command.limit)));
  }
  const auto [code, status] = child.reap();
  (code == CLD_EXITED ? result.exit_status : result.signal) = status;
  return result;
}

}  // namespace failover
