#include <algorithm>
#include <chrono>
#include <cstddef>
#include <filesystem>
#include <functional>
#include <iterator>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <string_view>
#include <utility>

#include <failover/context.hpp>
#include <failover/error.hpp>
#include <failover/observer.hpp>
#include <failover/watch.hpp>

#include "state/state_dir.hpp"
#include "state/target_identity.hpp"
#include "state/watched_targets.hpp"

namespace failover {

namespace {

// What is written only now and then must still tell a row that goes on from one that broke off.
constexpr Duration at_least_every = std::chrono::seconds(30);
constexpr Duration between_changes = std::chrono::seconds(1);
/// A watch of more targets is not one that a promotion looks at, and its file would be written all the time.
constexpr std::size_t most_targets = 1000;

class WatchMemory final : public WatchListener {
 public:
  WatchMemory(StateDir state, WatchedTargets known, Events* events)
      : state_(std::move(state)), known_(std::move(known)), events_(events) {}
  WatchMemory(const WatchMemory&) = delete;
  WatchMemory& operator=(const WatchMemory&) = delete;
  ~WatchMemory() override {
    if (looked_) write();
  }

  void watching(const WatchPlan& plan) override {
    every_ = std::max<Duration>(plan.options.interval, at_least_every);
    identities_.clear();
    std::set<std::string, std::less<>> stay;
    for (const auto* list : {&plan.targets, &plan.references}) {
      for (const auto& target : *list) stay.insert(identities_[target.text] = target_identity(target.text));
    }
    if (identities_.size() > most_targets) identities_.clear();
    for (auto one = own_.begin(); one != own_.end();) {
      one = stay.contains(one->first) ? std::next(one) : own_.erase(one);
    }
  }

  void checked(const Observation& observation, bool /*is_reference*/) override {
    const auto identity = identities_.find(observation.target.text);
    if (identity == identities_.end()) return;
    const auto now = std::chrono::system_clock::now();
    auto row = own_.find(identity->second);
    if (row == own_.end()) row = own_.emplace(identity->second, earlier(identity->second, now)).first;
    auto& [health, since, until, every] = row->second;
    if (health != to_string(observation.health) || !unbroken(row->second, now)) {
      health = to_string(observation.health);
      since = now;
      changed_ = true;
    }
    until = now;
    every = every_;
    looked_ = true;
  }

  void state_changed(const Target&, TargetState, TargetState, std::string_view) override {}

  void verdict_changed(const Verdict& verdict) override {
    const bool other = std::exchange(verdict_, to_string(verdict.health)) != to_string(verdict.health);
    // In a watch of many targets the reason changes all the time.
    if (looked_ && (other || (changed_ && since_written() >= between_changes))) write();
  }

  void alive() override {
    if (looked_ && since_written() >= (changed_ ? between_changes : every_)) write();
  }

 private:
  /// What a watch before this one saw goes on, if it ended a moment ago.
  [[nodiscard]] WatchedRow earlier(const std::string& identity, WallTime now) const {
    const auto found = known_.find(identity);
    return found != known_.end() && unbroken(found->second, now) ? found->second : WatchedRow{};
  }

  [[nodiscard]] Duration since_written() const { return Deadline::Clock::now() - written_; }

  void write() {
    written_ = Deadline::Clock::now();
    const auto done = write_watched_targets(state_, own_, std::chrono::system_clock::now());
    if (done) {
      changed_ = looked_ = false;
    } else if (done.error().kind != ErrorKind::locked && events_ != nullptr && !std::exchange(told_, true)) {
      events_->note(Level::warning,
                    "since when the targets are as they are is not written down: " + done.error().message);
    }
  }

  StateDir state_;
  WatchedTargets known_;
  Events* events_;
  WatchedTargets own_;
  std::map<std::string, std::string, std::less<>> identities_;  ///< text of a target -> its identity
  std::string verdict_;
  Duration every_ = at_least_every;
  Deadline::Clock::time_point written_;
  bool changed_ = false;  ///< since it was written: another health, and
  bool looked_ = false;   ///< any check at all
  bool told_ = false;
};

}  // namespace

Result<std::unique_ptr<WatchListener>> make_watch_memory(const std::filesystem::path& state_dir, Events* events) {
  auto state = FO_TRY(StateDir::open(state_dir));
  // Without it every row begins anew, which is what it then says.
  auto known = read_watched_targets(state).value_or(WatchedTargets{});
  return std::make_unique<WatchMemory>(std::move(state), std::move(known), events);
}

}  // namespace failover
