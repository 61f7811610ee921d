#include <cstddef>
#include <span>
#include <string>

#include <fmt/format.h>

#include <failover/error.hpp>
#include <failover/observer.hpp>

namespace failover {

namespace {

struct Count {
  std::size_t total = 0;
  std::size_t down = 0;
  std::size_t unknown = 0;
  std::size_t strong = 0;
  std::size_t strong_down = 0;
  std::size_t strong_unknown = 0;
  std::size_t weak_up = 0;
  std::size_t weak_unknown = 0;
};

Count count_up(std::span<const Observation> observations, bool weak_counts) noexcept {
  Count count;
  for (const auto& one : observations) {
    const bool weak = !weak_counts && one.target.weak();
    const bool down = one.health == Health::down;
    const bool unknown = !one.health.has_value();
    ++count.total;
    if (down) ++count.down;
    if (unknown) ++count.unknown;
    if (!weak) {
      ++count.strong;
      if (down) ++count.strong_down;
      if (unknown) ++count.strong_unknown;
    } else if (unknown) {
      ++count.weak_unknown;
    } else if (!down) {
      ++count.weak_up;
    }
  }
  return count;
}

/// How many count as down: those that are, and, when every strong one is, the weak ones too, whose up says little.
std::size_t counted_down(std::size_t strong_down, std::size_t all_down, const Count& count) noexcept {
  const bool strong_all = count.strong > 0 && strong_down == count.strong;
  return strong_all ? count.total : all_down;
}

}  // namespace

Verdict judge(std::span<const Observation> observations, const Policy& policy) {
  const auto count = count_up(observations, policy.weak_counts);
  auto reason = count.down + count.unknown == 0 ? fmt::format("{0} of {0} up", count.total)
                                                : fmt::format("{} of {} down", count.down, count.total);
  if (count.unknown > 0) reason += fmt::format(", {} unknown", count.unknown);
  if (count.total == 0) return {fail(ErrorKind::usage, "nothing was checked"), "nothing was checked"};
  const auto needed = policy.down_needed == 0 ? count.total : policy.down_needed;
  const auto at_least = counted_down(count.strong_down, count.down, count);
  if (at_least >= needed) {
    if (count.down < needed) reason += ", every strong one; the rest is weak";
    return {Health::down, reason};
  }
  // Property unknown-is-not-down: what could not be asked neither makes a down nor hides that it may be one.
  const auto at_most = counted_down(count.strong_down + count.strong_unknown, count.down + count.unknown, count);
  if (at_most >= needed) return {fail(ErrorKind::unreachable, reason), reason};
  return {Health::up, reason};
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
