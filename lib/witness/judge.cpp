#include <algorithm>
#include <chrono>
#include <cstddef>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include <failover/context.hpp>
#include <failover/error.hpp>
#include <failover/observer.hpp>
#include <failover/watch.hpp>

namespace failover {

namespace {

bool fresh(const NodeObservation& one, Duration max_age) noexcept {
  return one.age && *one.age <= max_age;
}

/// What the active host says of itself.
enum class OwnWord { silent, serves, undated };

/// The nodes by what they freshly say; a set, since a quorum counts nodes.
struct Tally {
  std::set<std::string_view> up;
  std::set<std::string_view> down;
  std::set<std::string_view> unknown;
  OwnWord active = OwnWord::silent;
};

Tally tally(const std::vector<NodeObservation>& observations, Duration max_age) {
  Tally result;
  for (const auto& one : observations) {
    if (one.role == WitnessRole::active) {
      // Without an age it may be of this moment.
      if (one.health != Health::up) continue;
      if (fresh(one, max_age)) result.active = OwnWord::serves;
      if (!one.age && result.active == OwnWord::silent) result.active = OwnWord::undated;
    } else if (!fresh(one, max_age) || !one.health) {
      result.unknown.insert(one.node);
    } else {
      (*one.health == Health::up ? result.up : result.down).insert(one.node);
    }
  }
  return result;
}

std::string names(const std::set<std::string_view>& nodes) {
  return fmt::format("{}", fmt::join(nodes, ", "));
}

std::string describe(const Tally& tally, std::size_t quorum) {
  std::string text;
  const auto add = [&text](const std::set<std::string_view>& nodes, std::string_view what) {
    if (!nodes.empty()) text += fmt::format("{}{} {} ({})", text.empty() ? "" : ", ", nodes.size(), what, names(nodes));
  };
  add(tally.down, "down");
  add(tally.up, "up");
  add(tally.unknown, "unknown or too old");
  if (text.empty()) text = "none";
  text = fmt::format("observers: {}; quorum {}", text, quorum);
  if (tally.active == OwnWord::serves) text += "; the active says that it serves";
  if (tally.active == OwnWord::undated) text += "; the active said that it serves, the store cannot tell when";
  return text;
}

Verdict unknown(const std::string& reason) {
  return {fail(ErrorKind::unreachable, reason), reason};
}

}  // namespace

std::optional<WallTime> NodeObservation::since(WallTime now) const {
  if (!age || !same_for) return std::nullopt;
  return now - std::chrono::duration_cast<WallTime::duration>(*age + *same_for);
}

std::string_view to_string(WitnessRole role) noexcept {
  return role == WitnessRole::active ? "active" : "observer";
}

Verdict judge_witnesses(const Result<std::vector<NodeObservation>>& observations, const WitnessPolicy& policy) {
  // Property unknown-is-not-down: a look-up that failed says nothing of the service.
  if (!observations) {
    auto error = observations.error().while_doing("the observers cannot be read");
    return {std::unexpected(error), error.message};
  }
  if (policy.quorum == 0) {
    return {fail(ErrorKind::usage, "a quorum of 0 observers decides nothing"), "a quorum of 0"};
  }
  const auto found = tally(*observations, policy.max_age);
  auto reason = describe(found, policy.quorum);
  if (found.down.size() >= policy.quorum) {
    // Who cannot be reached from elsewhere may still serve his own side of a broken network.
    if (found.active != OwnWord::silent) return unknown(reason);
    return {Health::down, std::move(reason)};
  }
  const bool confirmed = found.active == OwnWord::serves && !found.up.empty();
  if (found.up.size() >= policy.quorum || confirmed) return {Health::up, std::move(reason)};
  return unknown(reason);
}

Verdict with_second_opinion(Verdict verdict, const Verdict& opinion) {
  if (verdict.health != Health::down) return verdict;
  auto reason = fmt::format("{}; {}", verdict.reason, opinion.reason);
  if (opinion.health == Health::down) return {Health::down, std::move(reason)};
  return unknown(reason);
}

std::optional<std::string> who_sees_up(const Result<std::vector<NodeObservation>>& observations,
                                       std::string_view target, std::string_view own_node, std::string_view own_address,
                                       Duration max_age) {
  if (!observations) return std::nullopt;
  for (const auto& one : *observations) {
    // The active asks itself over loopback, where no block list and no network is in the way.
    if (one.role != WitnessRole::observer || one.node == own_node || !fresh(one, max_age)) continue;
    if (!own_address.empty() && one.address == own_address) continue;
    const auto found = std::ranges::find(one.targets, target, &TargetHealth::target);
    if (found != one.targets.end() && found->health == Health::up) return one.node;
  }
  return std::nullopt;
}

}  // namespace failover
