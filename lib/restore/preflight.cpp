#include "restore/preflight.hpp"

#include <cerrno>
#include <cstdint>
#include <map>
#include <set>
#include <string>

#include <fcntl.h>
#include <stdio.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include <failover/error.hpp>

#include "core/fd.hpp"
#include "core/file_identity.hpp"
#include "core/system_error.hpp"
#include "restore/live_tree.hpp"
#include "restore/plan_acts.hpp"
#include "restore/slots.hpp"
#include "restore/survey.hpp"
#include "state/restore_plan_file.hpp"

namespace failover {

namespace {

/// Some file systems (NFS, old FUSE) cannot exchange two files: better known before anything was moved.
Result<void> try_exchange(int folder) {
  constexpr const char* one = "try-1";
  constexpr const char* two = "try-2";
  for (const char* name : {one, two}) {
    const Fd fd(::openat(folder, name, O_WRONLY | O_CREAT | O_NOFOLLOW | O_CLOEXEC, 0600));
    if (!fd) return fail_errno("cannot make a file in the slots");
  }
  const int result = ::renameat2(folder, one, folder, two, RENAME_EXCHANGE);
  const int error = errno;
  ::unlinkat(folder, one, 0);
  ::unlinkat(folder, two, 0);
  if (result != 0) {
    return std::unexpected(system_error(error, "this file system cannot exchange two files in one step (renameat2)"));
  }
  return {};
}

Result<void> enough_inodes(int folder, std::uint64_t directories) {
  struct statvfs info{};
  if (::fstatvfs(folder, &info) != 0) return fail_errno("cannot look at the file system");
  // 0 files in all: a file system that does not count them (btrfs).
  if (info.f_files != 0 && info.f_favail < directories) {
    return fail(ErrorKind::io, "the file system has too few inodes left for the new directories");
  }
  return {};
}

std::unexpected<Error> immutable(const std::string& shown) {
  return fail(ErrorKind::permission, shown + " is immutable; type: chattr -ia " + shown);
}

Result<void> check_directory(const LiveTree& tree, const Survey& survey, const std::string& path) {
  const auto* live = survey.find(path);
  if (live == nullptr || live->facts.kind != FileKind::directory) return {};  // one that is to come
  const auto shown = tree.shown(path);
  if (live->facts.immutable) {
    return immutable(shown);
  }
  const auto directory = FO_TRY(tree.directory(path));
  if (::faccessat(directory.get(), ".", W_OK | X_OK, AT_EACCESS) != 0) return fail_errno("cannot write to " + shown);
  return {};
}

}  // namespace

Result<void> preflight(const LiveTree& tree, const Slots& slots, const Survey& survey, const DraftPlan& plan) {
  std::set<std::string> directories;
  std::map<std::string, std::uint64_t> coming;
  for (const auto& draft : plan.acts) {
    const auto& act = draft.act;
    directories.insert(parent_of(act.path));
    if (act.kind == ActKind::make_directory) ++coming[act.mount];
    const auto* live = survey.find(act.path);
    if (live != nullptr && live->facts.immutable) {
      return immutable(tree.shown(act.path));
    }
  }
  for (const auto& mount : slots.mounts()) {
    const auto work = "preparing " + tree.shown(mount);
    FO_TRY(while_doing(work, try_exchange(slots.at(mount))));
    FO_TRY(while_doing(work, enough_inodes(slots.at(mount), coming[mount])));
  }
  for (const auto& path : directories) FO_TRY(check_directory(tree, survey, path));
  return {};
}

}  // namespace failover
