#include "probe/exec.hpp"

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstddef>
#include <cstdint>
#include <expected>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <sys/epoll.h>
#include <unistd.h>

#include <failover/context.hpp>
#include <failover/error.hpp>
#include <failover/observer.hpp>

#include "core/fd.hpp"
#include "core/spawn.hpp"
#include "net/loop.hpp"
#include "probe/plugin_answer.hpp"
#include "probe/prober.hpp"

namespace failover {

namespace {

// Only one line is wanted. The rest is read and dropped, so that the plugin never blocks on us.
constexpr std::size_t most_kept = 4096;
// A flood is left after some rounds: the loop has other checks and a deadline.
constexpr int rounds_a_turn = 16;

Finding unknown(const Error& error) {
  return {std::unexpected(error), error.message, Grade::ok, false};
}

/// One of the plugin's two output streams.
class Stream {
 public:
  Result<void> start(Loop& loop, Fd& fd) {
    fd_ = &fd;
    watch_ = FO_TRY(loop.watch(fd.get(), EPOLLIN, [this](std::uint32_t) { drain(); }));
    return {};
  }

  void drain() {
    std::array<char, std::size_t{16} * 1024> buffer{};
    for (int round = 0; watch_ && round < rounds_a_turn; ++round) {
      const auto size = ::read(fd_->get(), buffer.data(), buffer.size());
      if (size < 0 && (errno == EAGAIN || errno == EINTR)) return;
      if (size <= 0) return watch_.reset();
      kept_.append(buffer.data(), std::min(static_cast<std::size_t>(size), most_kept - kept_.size()));
    }
  }

  [[nodiscard]] const std::string& kept() const noexcept { return kept_; }

 private:
  Fd* fd_ = nullptr;
  std::optional<Loop::Watch> watch_;
  std::string kept_;
};

class ExecCheck final : public RunningCheck {
 public:
  ExecCheck(Loop& loop, CheckDone done) : loop_(loop), done_(std::move(done)) {}

  void start(const Target& target) {
    std::vector<std::string> argv{target.path};
    for (const auto& [name, value] : target.parameters) {
      if (name == "arg") argv.push_back(value);
    }
    if (auto started = start_child(argv); !started) {
      const auto error = started.error().while_doing("could not ask");
      ended_ = loop_.soon([this, error] { end(unknown(error)); });
    }
  }

  [[nodiscard]] Finding at_deadline() const override {
    return unknown({ErrorKind::timeout,
                    "could not ask: the plugin did not end in time and was killed; give it a "
                    "shorter timeout of its own, so that it can say what it found"});
  }

 private:
  Result<void> start_child(const std::vector<std::string>& argv) {
    child_ = std::make_unique<SpawnedChild>(FO_TRY(SpawnedChild::start(argv, {}, false)));
    child_->input.reset();
    FO_TRY(output_.start(loop_, child_->output));
    FO_TRY(errors_.start(loop_, child_->errors));
    end_watch_ = FO_TRY(loop_.watch(child_->pidfd(), EPOLLIN, [this](std::uint32_t) { on_end(); }));
    return {};
  }

  /// What it left running in the background may hold the streams open: its own end is what counts.
  void on_end() {
    output_.drain();
    errors_.drain();
    end_watch_.reset();
    const auto [code, status] = child_->reap();
    auto line = plugin_line(output_.kept());
    if (line.empty()) line = plugin_line(errors_.kept());
    end(judge_plugin(code, status, line));
  }

  /// The last thing done: whoever is called may destroy this.
  void end(Finding finding) {
    const auto done = std::exchange(done_, nullptr);
    if (done) done(std::move(finding));
  }

  Loop& loop_;
  CheckDone done_;
  std::unique_ptr<SpawnedChild> child_;  // its destructor kills the whole process group
  Stream output_;                        // the watches come after the descriptors, so that they go first
  Stream errors_;
  Loop::Watch end_watch_;
  Loop::Timer ended_;
};

}  // namespace

Pending start_exec(const CheckPlace& place, const Target& target, Deadline, CheckDone done) {
  auto check = std::make_unique<ExecCheck>(place.loop, std::move(done));
  check->start(target);
  return check;
}

}  // namespace failover
