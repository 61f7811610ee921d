#include <memory>
#include <set>
#include <string_view>
#include <utility>

#include <fmt/format.h>

#include <failover/context.hpp>
#include <failover/error.hpp>
#include <failover/observer.hpp>
#include <failover/watch.hpp>

#include "probe/standstill.hpp"
#include "probe/watch_core.hpp"
#include "probe/watch_run.hpp"
#include "probe/watch_schedule.hpp"

namespace failover {

namespace {

Result<void> check_plan(const WatchPlan& plan) {
  const auto& options = plan.options;
  if (plan.targets.empty()) return fail(ErrorKind::usage, "there is nothing to watch: name a target");
  if (options.fall == 0 || options.rise == 0) return fail(ErrorKind::usage, "fall and rise must be at least 1");
  if (options.interval < shortest_interval || options.retry_interval < shortest_retry_interval) {
    return fail(ErrorKind::usage,
                "the interval must be at least 100 ms and the retry interval 50 ms: a PBX blocks whoever floods it");
  }
  if (options.retry_interval > options.interval) {
    return fail(ErrorKind::usage, "the retry interval must not be longer than the interval");
  }
  if (options.policy.down_needed > plan.targets.size()) {
    return fail(ErrorKind::usage, fmt::format("{} targets cannot be down, there are only {}",
                                              options.policy.down_needed, plan.targets.size()));
  }
  std::set<std::string_view> known;
  for (const auto& target : plan.targets) {
    if (!known.insert(target.text).second) {
      return fail(ErrorKind::usage, fmt::format("target '{}' is named twice", target.text));
    }
  }
  return {};
}

class LoopWatch final : public Watch {
 public:
  LoopWatch(SeenUp& seen_up, WatchListener& listener) : seen_up_(seen_up), listener_(listener), core_(seen_up) {}

  Result<Verdict> run(const Context& context) override { return run_->run(context); }

  Result<void> change(WatchPlan plan) override {
    FO_TRY(check_plan(plan));
    plan.options.probe.refuse_own = true;
    auto kept = std::make_unique<const WatchPlan>(std::move(plan));
    auto run = FO_TRY(WatchRun::create(*kept, core_, seen_up_, listener_));
    // In this order: what runs goes by the plan that it was made for.
    run_ = std::move(run);
    plan_ = std::move(kept);
    listener_.watching(*plan_);
    core_.watch(*plan_, watch_time());
    return {};
  }

 private:
  SeenUp& seen_up_;
  WatchListener& listener_;
  WatchCore core_;
  std::unique_ptr<const WatchPlan> plan_;
  std::unique_ptr<WatchRun> run_;
};

}  // namespace

Result<std::unique_ptr<Watch>> make_watch(WatchPlan plan, SeenUp& seen_up, WatchListener& listener) {
  auto watch = std::make_unique<LoopWatch>(seen_up, listener);
  FO_TRY(watch->change(std::move(plan)));
  return watch;
}

}  // namespace failover
