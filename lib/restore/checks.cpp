#include "restore/checks.hpp"

#include <algorithm>
#include <chrono>
#include <string>
#include <utility>
#include <vector>

#include <failover/context.hpp>
#include <failover/error.hpp>
#include <failover/observer.hpp>

#include "core/pause.hpp"
#include "restore/hooks.hpp"
#include "state/restore_journal.hpp"

namespace failover {

namespace {

constexpr std::chrono::milliseconds between_looks{500};

Result<std::vector<Target>> targets_of(const RestoreRun& run) {
  std::vector<Target> targets;
  for (const auto& text : run.checks) targets.push_back(FO_TRY(parse_target(text)));
  return targets;
}

bool is_up(const Observation& seen) {
  return seen.health && *seen.health == Health::up;
}

Deadline end_of(const RestoreRun& run, const Context& context) {
  const auto limit = Deadline::after(run.check_timeout);
  if (context.deadline.is_never()) return limit;
  return limit.sooner(Deadline::after(std::max<Duration>(std::chrono::seconds(1), context.deadline.remaining() / 2)));
}

Result<std::vector<std::string>> judged(const std::vector<Observation>& seen) {
  std::vector<std::string> warnings;
  for (const auto& one : seen) {
    if (!one.health)
      warnings.push_back("the check " + one.target.text + " could not be made: " + one.health.error().message);
    if (one.health && *one.health == Health::down) {
      return fail(ErrorKind::io, "the check " + one.target.text + " is down: " + one.detail);
    }
  }
  return warnings;
}

}  // namespace

Result<std::vector<std::string>> check_afterwards(const RestoreRun& run, Observer* observer, const Context& context) {
  if (run.checks.empty()) return std::vector<std::string>{};
  if (observer == nullptr) return fail(ErrorKind::unfinished, "nobody is here to make the checks of this run");
  const auto targets = FO_TRY(targets_of(run));
  Context calm = unstoppable(context);
  const auto end = end_of(run, context);
  calm.deadline = end;
  std::vector<Observation> whole;  // the last round that was not cut short
  while (true) {
    auto seen = observer->observe(targets, calm);
    if (std::ranges::all_of(seen, is_up)) return std::vector<std::string>{};
    if (whole.empty() || !end.passed()) whole = std::move(seen);
    if (end.passed() || !pause_between_tries(between_looks, calm)) return judged(whole);
  }
}

}  // namespace failover
