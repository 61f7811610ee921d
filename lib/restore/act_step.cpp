#include "restore/act_step.hpp"

#include "state/restore_plan_file.hpp"

namespace failover {

namespace {

ActStep forward(ActKind kind, Seen live, Seen slot) noexcept {
  const bool live_is_file = live == Seen::old_file || live == Seen::other_file;
  switch (kind) {
    case ActKind::replace:
      if (live == Seen::new_file) return ActStep::nothing;
      return slot == Seen::new_file && live_is_file ? ActStep::exchange : ActStep::conflict;
    case ActKind::add:
      if (live == Seen::new_file) return ActStep::nothing;
      return slot == Seen::new_file && live == Seen::absent ? ActStep::slot_to_live : ActStep::conflict;
    case ActKind::remove:
      // The slot was empty and is ours alone, so what is in it was moved there; by now the backup's directory may stand
      // in its place. overlayfs gives a file of its lower layer a new identity as it moves.
      if (slot == Seen::old_file || (slot == Seen::other_file && live != Seen::old_file)) return ActStep::nothing;
      return live == Seen::old_file && slot == Seen::absent ? ActStep::live_to_slot : ActStep::conflict;
    case ActKind::make_directory:
      return live == Seen::absent || live == Seen::directory ? ActStep::make_directory : ActStep::conflict;
    case ActKind::remove_directory:
      return live == Seen::directory ? ActStep::remove_directory : ActStep::nothing;
  }
  return ActStep::conflict;
}

ActStep backward(ActKind kind, Seen live, Seen slot) noexcept {
  const bool slot_is_file = slot == Seen::old_file || slot == Seen::other_file;
  switch (kind) {
    case ActKind::replace:
      if (slot == Seen::new_file) return ActStep::nothing;
      return live == Seen::new_file && slot_is_file ? ActStep::exchange : ActStep::conflict;
    case ActKind::add:
      if (slot == Seen::new_file) return ActStep::nothing;
      return live == Seen::new_file && slot == Seen::absent ? ActStep::live_to_slot : ActStep::conflict;
    case ActKind::remove:
      if (live == Seen::old_file || (live == Seen::other_file && slot == Seen::absent)) return ActStep::nothing;
      return (slot == Seen::old_file || slot == Seen::other_file) && live == Seen::absent ? ActStep::slot_to_live
                                                                                          : ActStep::conflict;
    case ActKind::make_directory:
      return live == Seen::directory ? ActStep::remove_directory : ActStep::nothing;
    case ActKind::remove_directory:
      return live == Seen::absent || live == Seen::directory ? ActStep::make_directory : ActStep::conflict;
  }
  return ActStep::conflict;
}

}  // namespace

ActStep next_step(ActKind kind, Direction direction, Seen live, Seen slot) noexcept {
  return direction == Direction::forward ? forward(kind, live, slot) : backward(kind, live, slot);
}

}  // namespace failover
