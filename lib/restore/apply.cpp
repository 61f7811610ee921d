#include "restore/apply.hpp"

#include <cerrno>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>

#include <fcntl.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

#include <failover/context.hpp>
#include <failover/error.hpp>

#include "core/beneath.hpp"
#include "core/fd.hpp"
#include "core/file_identity.hpp"
#include "core/system_error.hpp"
#include "restore/act_step.hpp"
#include "restore/live_tree.hpp"
#include "restore/slots.hpp"
#include "state/restore_plan_file.hpp"

namespace failover {

namespace {

Result<Seen> see(int directory, const std::string& name, const RestoreAct& act) {
  const auto facts = FO_TRY(look_at(directory, name));
  switch (facts.kind) {
    case FileKind::absent:
      return Seen::absent;
    case FileKind::directory:
      return Seen::directory;
    case FileKind::other:
      return Seen::something_else;
    case FileKind::file:
    case FileKind::symlink:  // moved itself, never followed
      break;
  }
  if (act.new_file && FO_TRY(is_file(directory, name, facts, *act.new_file))) return Seen::new_file;
  if (act.old_file && FO_TRY(is_file(directory, name, facts, *act.old_file))) return Seen::old_file;
  return Seen::other_file;
}

bool is_directory_act(ActKind kind) noexcept {
  return kind == ActKind::make_directory || kind == ActKind::remove_directory;
}

std::unexpected<Error> conflict(const std::string& path) {
  return fail(
      ErrorKind::conflict,
      path +
          " is not as we left it: somebody else changed it in the middle of the restore; see to it that nothing "
          "writes there, then type: fo-restore --recover");
}

}  // namespace

Result<void> Applier::run(const RestorePlanFile& plan, Direction direction, const Context& context) {
  const auto total = plan.acts.size();
  for (std::size_t i = 0; i < total; ++i) {
    const auto& act = plan.acts[direction == Direction::forward ? i : total - 1 - i];
    const auto step = FO_TRY(while_doing("looking at " + act.path, look(act, direction)));
    if (step == ActStep::conflict) return conflict(act.path);
    FO_TRY(while_doing("changing " + act.path, act_on(act, step)));
    context.progress("apply", i + 1, total);
  }
  return {};
}

Result<void> Applier::confirm(const RestorePlanFile& plan, Direction direction) {
  for (const auto& act : plan.acts) {
    if (is_directory_act(act.kind)) continue;
    const auto step = FO_TRY(while_doing("looking at " + act.path, look(act, direction)));
    if (step != ActStep::nothing) return conflict(act.path);
  }
  return {};
}

Result<void> Applier::open_parent(const std::string& path) {
  const auto parent = parent_of(path);
  if (parent_ && parent == parent_path_) return {};
  parent_.reset();
  parent_ = FO_TRY(tree_.directory(parent));
  parent_path_ = parent;
  return {};
}

Result<ActStep> Applier::look(const RestoreAct& act, Direction direction) {
  const auto opened = open_parent(act.path);
  Seen live = Seen::absent;
  if (opened) {
    live = FO_TRY(see(parent_.get(), name_of(act.path), act));
  } else if (opened.error().kind != ErrorKind::not_found && opened.error().kind != ErrorKind::refused) {
    return std::unexpected(opened.error());
  }
  auto slot = Seen::absent;
  if (!is_directory_act(act.kind)) slot = FO_TRY(see(slots_.at(act.mount), slot_name(act.n), act));
  const auto step = next_step(act.kind, direction, live, slot);
  // A symbolic link stands where its directory was: what was there is gone with it, and nothing is done through it.
  if (!opened && opened.error().kind == ErrorKind::refused && step != ActStep::nothing) {
    return std::unexpected(opened.error());
  }
  return step;
}

Result<void> Applier::act_on(const RestoreAct& act, ActStep step) {
  const auto name = name_of(act.path);
  const auto slot = slot_name(act.n);
  const int folder = slots_.at(act.mount);
  int result = 0;
  switch (step) {
    case ActStep::nothing:
      return {};
    case ActStep::exchange:
      result = ::renameat2(folder, slot.c_str(), parent_.get(), name.c_str(), RENAME_EXCHANGE);
      break;
    case ActStep::slot_to_live:
      result = ::renameat2(folder, slot.c_str(), parent_.get(), name.c_str(), RENAME_NOREPLACE);
      break;
    case ActStep::live_to_slot:
      result = ::renameat2(parent_.get(), name.c_str(), folder, slot.c_str(), RENAME_NOREPLACE);
      break;
    case ActStep::make_directory:
      return make_directory(act);
    case ActStep::remove_directory:
      result = ::unlinkat(parent_.get(), name.c_str(), AT_REMOVEDIR);
      // Somebody put a file of his own there: it stays, and so does its directory.
      if (result != 0 && (errno == ENOTEMPTY || errno == EEXIST)) return {};
      break;
    case ActStep::conflict:
      return conflict(act.path);
  }
  if (result != 0) return fail_errno("cannot move it");
  return {};
}

Result<void> Applier::make_directory(const RestoreAct& act) {
  const auto name = name_of(act.path);
  if (::mkdirat(parent_.get(), name.c_str(), 0700) != 0 && errno != EEXIST) return fail_errno("cannot make it");
  const auto directory = FO_TRY(open_beneath(parent_.get(), name, O_RDONLY | O_DIRECTORY));
  if (::fchown(directory.get(), act.uid, act.gid) != 0) return fail_errno("cannot give it its owner");
  if (::fchmod(directory.get(), act.mode) != 0) return fail_errno("cannot give it its mode");
  return {};
}

}  // namespace failover
