#include "restore/act_step.hpp"

#include <array>

#include "state/restore_plan_file.hpp"
#include "support/catch.hpp"

using failover::ActKind;
using failover::ActStep;
using failover::Direction;
using failover::next_step;
using failover::Seen;

namespace {

struct World {
  Seen live;
  Seen slot;
};

World before(ActKind kind) {
  switch (kind) {
    case ActKind::replace:
      return {Seen::old_file, Seen::new_file};
    case ActKind::add:
      return {Seen::absent, Seen::new_file};
    case ActKind::remove:
      return {Seen::old_file, Seen::absent};
    case ActKind::make_directory:
      return {Seen::absent, Seen::absent};
    case ActKind::remove_directory:
      return {Seen::directory, Seen::absent};
  }
  return {Seen::absent, Seen::absent};
}

World after(World world, ActStep step) {
  switch (step) {
    case ActStep::exchange:
      return {world.slot, world.live};
    case ActStep::slot_to_live:
      return {world.slot, Seen::absent};
    case ActStep::live_to_slot:
      return {Seen::absent, world.live};
    case ActStep::make_directory:
      return {Seen::directory, world.slot};
    case ActStep::remove_directory:
      return {Seen::absent, world.slot};
    case ActStep::nothing:
    case ActStep::conflict:
      return world;
  }
  return world;
}

bool same(World a, World b) {
  return a.live == b.live && a.slot == b.slot;
}

constexpr std::array kinds{ActKind::replace, ActKind::add, ActKind::remove, ActKind::make_directory,
                           ActKind::remove_directory};

}  // namespace

TEST_CASE("one step does an act, asking again changes nothing, going back gives the old world", "[all-or-nothing]") {
  for (const auto kind : kinds) {
    const auto old_world = before(kind);
    const auto step = next_step(kind, Direction::forward, old_world.live, old_world.slot);
    CHECK(step != ActStep::conflict);
    CHECK(step != ActStep::nothing);
    const auto new_world = after(old_world, step);
    CHECK(same(after(new_world, next_step(kind, Direction::forward, new_world.live, new_world.slot)), new_world));
    const auto back = next_step(kind, Direction::backward, new_world.live, new_world.slot);
    CHECK(same(after(new_world, back), old_world));
    CHECK(same(after(old_world, next_step(kind, Direction::backward, old_world.live, old_world.slot)), old_world));
  }
}

TEST_CASE("what somebody else put there is never moved", "[all-or-nothing]") {
  CHECK(next_step(ActKind::add, Direction::forward, Seen::other_file, Seen::new_file) == ActStep::conflict);
  CHECK(next_step(ActKind::remove, Direction::forward, Seen::other_file, Seen::absent) == ActStep::conflict);
  CHECK(next_step(ActKind::replace, Direction::forward, Seen::other_file, Seen::old_file) == ActStep::conflict);
  CHECK(next_step(ActKind::replace, Direction::forward, Seen::directory, Seen::new_file) == ActStep::conflict);
  CHECK(next_step(ActKind::replace, Direction::forward, Seen::something_else, Seen::new_file) == ActStep::conflict);
  CHECK(next_step(ActKind::replace, Direction::backward, Seen::other_file, Seen::old_file) == ActStep::conflict);
  CHECK(next_step(ActKind::add, Direction::backward, Seen::other_file, Seen::absent) == ActStep::conflict);
  CHECK(next_step(ActKind::remove, Direction::backward, Seen::other_file, Seen::old_file) == ActStep::conflict);
  CHECK(next_step(ActKind::make_directory, Direction::forward, Seen::other_file, Seen::absent) == ActStep::conflict);
}

TEST_CASE("a removed file that overlayfs has copied up on its way is still the removed one") {
  CHECK(next_step(ActKind::remove, Direction::forward, Seen::absent, Seen::other_file) == ActStep::nothing);
  CHECK(next_step(ActKind::remove, Direction::backward, Seen::absent, Seen::other_file) == ActStep::slot_to_live);
  CHECK(next_step(ActKind::remove, Direction::backward, Seen::other_file, Seen::absent) == ActStep::nothing);
  CHECK(next_step(ActKind::remove, Direction::backward, Seen::absent, Seen::absent) == ActStep::conflict);
}
