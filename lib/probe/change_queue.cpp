#include "probe/change_queue.hpp"

#include <algorithm>
#include <optional>
#include <utility>

namespace failover {

void ChangeQueue::add(WatchChange change) {
  const auto same = std::ranges::find(waiting_, change.target, &WatchChange::target);
  if (same != waiting_.end()) {
    change.from = std::move(same->from);
    change.changes += same->changes;
    // To the end: what it tells now happened after the others.
    waiting_.erase(same);
  }
  waiting_.push_back(std::move(change));
}

std::optional<WatchChange> ChangeQueue::take() {
  if (waiting_.empty()) return std::nullopt;
  auto first = std::move(waiting_.front());
  waiting_.pop_front();
  return first;
}

}  // namespace failover
