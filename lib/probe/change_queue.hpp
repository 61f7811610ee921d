#pragma once

#include <deque>
#include <optional>
#include <string>

#include <failover/context.hpp>
#include <failover/observer.hpp>

namespace failover {

/// A change that somebody is to be told of.
struct WatchChange {
  std::string target;  ///< empty: the verdict
  std::string from;
  std::string to;
  std::string reason;
  std::string verdict;  ///< as it was then
  WallTime when;
  unsigned changes = 1;  ///< so many became this one
};

/// Changes in their order. Each target has at most one place in it: a further change joins the one that waits, so that
/// a queue behind a slow reader stays short and its end is always the present.
class ChangeQueue {
 public:
  void add(WatchChange change);
  std::optional<WatchChange> take();
  [[nodiscard]] bool empty() const noexcept { return waiting_.empty(); }

 private:
  std::deque<WatchChange> waiting_;
};

}  // namespace failover
