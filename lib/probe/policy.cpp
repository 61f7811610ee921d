#include <cstddef>
#include <span>
#include <string>

#include <fmt/format.h>

#include <failover/error.hpp>
#include <failover/observer.hpp>
#include <failover/watch.hpp>

#include "probe/tally.hpp"

namespace failover {

namespace {

/// How many count as down: those that are, and, when every strong one is, the weak ones too, whose up says little.
std::size_t counted_down(std::size_t strong_down, std::size_t all_down, const Tally& tally) noexcept {
  const bool strong_all = tally.strong > 0 && strong_down == tally.strong;
  return strong_all ? tally.total : all_down;
}

}  // namespace

void Tally::add(bool weak, TargetState state) noexcept {
  ++total;
  down += state == TargetState::down ? 1U : 0U;
  unknown += state == TargetState::unknown ? 1U : 0U;
  if (weak) return;
  ++strong;
  strong_down += state == TargetState::down ? 1U : 0U;
  strong_unknown += state == TargetState::unknown ? 1U : 0U;
}

void Tally::remove(bool weak, TargetState state) noexcept {
  --total;
  down -= state == TargetState::down ? 1U : 0U;
  unknown -= state == TargetState::unknown ? 1U : 0U;
  if (weak) return;
  --strong;
  strong_down -= state == TargetState::down ? 1U : 0U;
  strong_unknown -= state == TargetState::unknown ? 1U : 0U;
}

TargetState state_of(const Result<Health>& health) noexcept {
  if (!health) return TargetState::unknown;
  return *health == Health::up ? TargetState::up : TargetState::down;
}

Verdict judge(const Tally& tally, const Policy& policy) {
  if (tally.total == 0) return {fail(ErrorKind::usage, "nothing was checked"), "nothing was checked"};
  auto reason = tally.down + tally.unknown == 0 ? fmt::format("{0} of {0} up", tally.total)
                                                : fmt::format("{} of {} down", tally.down, tally.total);
  if (tally.unknown > 0) reason += fmt::format(", {} unknown", tally.unknown);
  const auto needed = policy.down_needed == 0 ? tally.total : policy.down_needed;
  const auto at_least = counted_down(tally.strong_down, tally.down, tally);
  if (at_least >= needed) {
    if (tally.down < needed) reason += ", every strong one; the rest is weak";
    return {Health::down, reason};
  }
  // Property unknown-is-not-down: what could not be asked neither makes a down nor hides that it may be one.
  const auto at_most = counted_down(tally.strong_down + tally.strong_unknown, tally.down + tally.unknown, tally);
  if (at_most >= needed) return {fail(ErrorKind::unreachable, reason), reason};
  return {Health::up, reason};
}

Verdict judge(std::span<const Observation> observations, const Policy& policy) {
  Tally tally;
  for (const auto& one : observations) tally.add(!policy.weak_counts && one.target.weak(), state_of(one.health));
  return judge(tally, policy);
}

Verdict with_references(Verdict verdict, std::span<const Observation> references, const Policy& policy) {
  if (verdict.health != Health::down || references.empty()) return verdict;
  // A reference answers for the network, and for that the answer of its kernel is as good as any.
  const auto ours = judge(references, {.down_needed = policy.down_needed, .weak_counts = true});
  if (ours.health == Health::up) return verdict;
  auto reason = fmt::format("{}, but of our references {}: this host may be cut off", verdict.reason, ours.reason);
  return {fail(ErrorKind::unreachable, reason), reason};
}

}  // namespace failover
