#include <chrono>
#include <condition_variable>
#include <cstddef>
#include <memory>
#include <mutex>
#include <optional>
#include <stop_token>
#include <string>
#include <string_view>
#include <thread>
#include <utility>
#include <vector>

#include <fmt/format.h>
#include <unistd.h>

#include <failover/context.hpp>
#include <failover/error.hpp>
#include <failover/observer.hpp>
#include <failover/watch.hpp>

#include "core/child_process.hpp"
#include "core/clock.hpp"
#include "core/system_error.hpp"
#include "probe/change_queue.hpp"

namespace failover {

namespace {

/// Texts of peers go into the environment: no control characters, and not without end.
std::string tamed(std::string_view text) {
  constexpr std::size_t longest = 4096;
  std::string result(text.substr(0, longest));
  for (char& c : result) {
    if (static_cast<unsigned char>(c) < ' ' || c == '\x7f') c = ' ';
  }
  return result;
}

class ChangeHook final : public WatchListener {
 public:
  ChangeHook(ChangeHookOptions options, std::stop_token stop, Events& events)
      : options_(std::move(options)), stop_(std::move(stop)), events_(events), thread_([this] { work(); }) {}
  ChangeHook(const ChangeHook&) = delete;
  ChangeHook& operator=(const ChangeHook&) = delete;
  ~ChangeHook() override {
    {
      const std::scoped_lock lock(mutex_);
      closing_ = true;
    }
    wake_.notify_all();
    std::unique_lock lock(mutex_);
    wake_.wait_for(lock, stop_, options_.farewell, [this] { return done_; });
    end_.request_stop();
  }

  void watching(const WatchPlan&) override {}
  void checked(const Observation&, bool) override {}
  void alive() override {}

  void state_changed(const Target& target, TargetState from, TargetState to, std::string_view reason) override {
    add({target.text, std::string(to_string(from)), std::string(to_string(to)), std::string(reason), verdict_,
         std::chrono::system_clock::now()});
  }

  void verdict_changed(const Verdict& verdict) override {
    auto before = std::exchange(verdict_, std::string(to_string(verdict.health)));
    if (before == verdict_) return;
    add({"", std::move(before), verdict_, verdict.reason, verdict_, std::chrono::system_clock::now()});
  }

 private:
  void add(WatchChange change) {
    {
      const std::scoped_lock lock(mutex_);
      queue_.add(std::move(change));
    }
    wake_.notify_all();
  }

  void work() {
    while (auto change = next()) run(*change);
    const std::scoped_lock lock(mutex_);
    done_ = true;
    wake_.notify_all();
  }

  std::optional<WatchChange> next() {
    std::unique_lock lock(mutex_);
    wake_.wait(lock, end_.get_token(), [this] { return closing_ || !queue_.empty(); });
    if (end_.stop_requested() || stop_.stop_requested()) return std::nullopt;
    return queue_.take();
  }

  void run(const WatchChange& change) {
    ChildCommand command{.argv = {options_.program.string()},
                         .environment = environment(change),
                         .input = {},
                         .limit = options_.limit,
                         .grace = std::chrono::milliseconds(100),
                         .merge_output = true};
    Context context;
    context.stop = end_.get_token();
    const auto what = change.target.empty() ? std::string("the verdict") : change.target;
    if (change.changes > 1) {
      events_.note(Level::info, fmt::format("{} changed {} times while {} was busy: it is told of them as one change",
                                            what, change.changes, options_.program.string()));
    }
    const auto result = run_child(command, context);
    if (result && result->ok()) return;
    const auto why = result ? fmt::format("{} ended with {}: {}", options_.program.string(), result->how_it_ended(),
                                          tamed(result->output))
                            : result.error().message;
    events_.note(Level::warning,
                 fmt::format("telling of the change of {} ({} -> {}) failed: {}", what, change.from, change.to, why));
  }

  static std::vector<std::pair<std::string, std::string>> environment(const WatchChange& change) {
    return {{"FO_EVENT", change.target.empty() ? "verdict" : "state"},
            {"FO_TARGET", tamed(change.target)},
            {"FO_FROM", change.from},
            {"FO_TO", change.to},
            {"FO_VERDICT", change.verdict},
            {"FO_REASON", tamed(change.reason)},
            {"FO_TIME", rfc3339(change.when)},
            {"FO_CHANGES", std::to_string(change.changes)}};
  }

  ChangeHookOptions options_;
  std::stop_token stop_;
  Events& events_;
  std::string verdict_ = "unknown";
  std::mutex mutex_;
  std::condition_variable_any wake_;
  ChangeQueue queue_;
  bool closing_ = false;
  bool done_ = false;
  std::stop_source end_;
  std::jthread thread_;  // last: it works with all of the others
};

}  // namespace

Result<std::unique_ptr<WatchListener>> make_change_hook(const ChangeHookOptions& options, std::stop_token stop,
                                                        Events& events) {
  if (!options.program.is_absolute()) {
    return fail(ErrorKind::usage, fmt::format("'{}' is no absolute path to a program", options.program.string()));
  }
  if (::access(options.program.c_str(), X_OK) != 0) return fail_errno("cannot run " + options.program.string());
  return std::make_unique<ChangeHook>(options, std::move(stop), events);
}

}  // namespace failover
