#include "probe/change_queue.hpp"

#include <string>

#include "support/catch.hpp"

using failover::ChangeQueue;
using failover::WatchChange;

namespace {

WatchChange change(std::string target, std::string from, std::string to) {
  return {std::move(target), std::move(from), std::move(to), "", "", {}};
}

}  // namespace

TEST_CASE("what changes again while it waits becomes one change, with its oldest past and its newest present") {
  ChangeQueue queue;
  queue.add(change("a", "up", "down"));
  queue.add(change("b", "up", "unknown"));
  queue.add(change("a", "down", "unknown"));
  queue.add(change("a", "unknown", "up"));
  const auto first = queue.take();
  REQUIRE(first->target == "b");
  REQUIRE(first->changes == 1);
  const auto second = queue.take();
  REQUIRE(second->target == "a");
  REQUIRE(second->from == "up");
  REQUIRE(second->to == "up");
  REQUIRE(second->changes == 3);
  REQUIRE(queue.empty());
  REQUIRE_FALSE(queue.take().has_value());
}
