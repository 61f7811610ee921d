#include "restore/slots.hpp"

#include <cerrno>
#include <cstdint>
#include <memory>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <dirent.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <failover/error.hpp>

#include "core/beneath.hpp"
#include "core/fd.hpp"
#include "core/system_error.hpp"
#include "core/whole_number.hpp"
#include "restore/live_tree.hpp"

namespace failover {

namespace {

constexpr unsigned private_mode = 0700;

struct CloseDirectory {
  void operator()(DIR* stream) const noexcept { ::closedir(stream); }
};
using Directory = std::unique_ptr<DIR, CloseDirectory>;

std::string place(const LiveTree& tree, const std::string& mount) {
  return tree.shown(mount) + "/" + std::string(slots_folder);
}

/// Opens NAME in a directory, making it first if asked to; it must be a directory of ours that nobody else can enter.
Result<Fd> private_folder(int above, const std::string& name, bool make, const std::string& what) {
  if (make && ::mkdirat(above, name.c_str(), private_mode) != 0 && errno != EEXIST) {
    return fail_errno("cannot make " + what);
  }
  auto opened = open_beneath(above, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW);
  if (!opened && make) {
    return fail(ErrorKind::refused, what + " is not a directory of ours (" + opened.error().message + "); remove it");
  }
  Fd folder = FO_TRY(while_doing(what, std::move(opened)));
  struct stat info{};
  if (::fstat(folder.get(), &info) != 0) return fail_errno("cannot look at " + what);
  if (info.st_uid != ::geteuid() || (info.st_mode & 07777U) != private_mode) {
    return fail(ErrorKind::refused, what + " is not ours alone (mode 0700 is needed); look at it and remove it");
  }
  return folder;
}

Result<Directory> listing(int directory) {
  Fd own(::openat(directory, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (!own) return fail_errno("cannot read a slot folder");
  Directory stream(::fdopendir(own.get()));
  if (!stream) return fail_errno("cannot read a slot folder");
  [[maybe_unused]] const int taken_over = own.release();
  return stream;
}

Result<void> remove_folder(int above, const std::string& name) {
  const auto folder = FO_TRY(open_beneath(above, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW));
  const auto stream = FO_TRY(listing(folder.get()));
  while (const dirent* entry = ::readdir(stream.get())) {
    const std::string_view inside = entry->d_name;
    if (inside == "." || inside == "..") continue;
    if (::unlinkat(folder.get(), entry->d_name, 0) != 0 && errno != ENOENT) {
      return fail_errno("cannot remove a slot");
    }
  }
  if (::unlinkat(above, name.c_str(), AT_REMOVEDIR) != 0 && errno != ENOENT) return fail_errno("cannot remove slots");
  return {};
}

Result<void> sweep_mount(const LiveTree& tree, const std::string& mount, const std::set<std::uint64_t>& keep) {
  const auto top = FO_TRY(tree.directory(mount));
  const std::string folder_name(slots_folder);
  const auto folder = FO_TRY(private_folder(top.get(), folder_name, false, place(tree, mount)));
  const auto stream = FO_TRY(listing(folder.get()));
  std::vector<std::string> old;
  while (const dirent* entry = ::readdir(stream.get())) {
    const std::string name = entry->d_name;
    const auto number = whole_number<std::uint64_t>(name);
    if (number && !keep.contains(*number)) old.push_back(name);
  }
  for (const auto& name : old) FO_TRY(remove_folder(folder.get(), name));
  // Not empty is fine: there is something to keep.
  if (::unlinkat(top.get(), folder_name.c_str(), AT_REMOVEDIR) != 0 && errno != ENOTEMPTY && errno != EEXIST) {
    return fail_errno("cannot remove " + place(tree, mount));
  }
  return {};
}

}  // namespace

std::string slot_name(std::uint64_t n) {
  return std::to_string(n);
}

Result<void> Slots::make(const std::string& mount) {
  if (has(mount)) return {};
  const auto top = FO_TRY(tree_.directory(mount));
  const auto what = place(tree_, mount);
  const auto folder = FO_TRY(private_folder(top.get(), std::string(slots_folder), true, what));
  const auto name = std::to_string(number_);
  folders_.emplace(mount, FO_TRY(private_folder(folder.get(), name, true, what + "/" + name)));
  return {};
}

Result<void> Slots::open(const std::string& mount) {
  if (has(mount)) return {};
  const auto top = FO_TRY(tree_.directory(mount));
  const auto what = place(tree_, mount);
  const auto folder = FO_TRY(private_folder(top.get(), std::string(slots_folder), false, what));
  const auto name = std::to_string(number_);
  folders_.emplace(mount, FO_TRY(private_folder(folder.get(), name, false, what + "/" + name)));
  return {};
}

int Slots::at(const std::string& mount) const {
  const auto found = folders_.find(mount);
  return found == folders_.end() ? -1 : found->second.get();
}

std::vector<std::string> Slots::mounts() const {
  std::vector<std::string> result;
  result.reserve(folders_.size());
  for (const auto& [mount, folder] : folders_) result.push_back(mount);
  return result;
}

Result<void> Slots::sync() const {
  for (const auto& [mount, folder] : folders_) {
    if (::syncfs(folder.get()) != 0) return fail_errno("cannot flush " + place(tree_, mount) + " to disk");
  }
  return {};
}

Result<void> sweep_slots(const LiveTree& tree, const std::set<std::string>& mounts,
                         const std::set<std::uint64_t>& keep) {
  for (const auto& mount : mounts) {
    auto swept = sweep_mount(tree, mount, keep);
    if (!swept && swept.error().kind != ErrorKind::not_found) return swept;
  }
  return {};
}

}  // namespace failover
