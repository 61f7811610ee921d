#include "restore/undo_copy.hpp"

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstddef>
#include <cstdint>
#include <ctime>
#include <filesystem>
#include <optional>
#include <set>
#include <span>
#include <string>
#include <string_view>
#include <system_error>

#include <fcntl.h>
#include <fmt/format.h>
#include <linux/limits.h>
#include <sys/stat.h>
#include <sys/types.h>
#include <unistd.h>

#include <failover/context.hpp>
#include <failover/error.hpp>
#include <failover/restorer.hpp>

#include "core/beneath.hpp"
#include "core/fd.hpp"
#include "core/file_identity.hpp"
#include "core/file_io.hpp"
#include "core/system_error.hpp"
#include "restore/live_tree.hpp"
#include "restore/slots.hpp"
#include "state/restore_journal.hpp"
#include "state/restore_plan_file.hpp"
#include "state/state_dir.hpp"
#include "state/undo_pin.hpp"

namespace failover {

namespace {

constexpr unsigned only_the_owner = 0700;
constexpr std::size_t block = 256UL * 1024;

Result<Fd> open_empty(const std::filesystem::path& directory) {
  FO_TRY(make_directories(directory, only_the_owner));
  std::error_code error;
  const bool empty = std::filesystem::is_empty(directory, error);
  if (error) return fail(ErrorKind::io, fmt::format("cannot read {}: {}", directory.string(), error.message()));
  if (!empty) return fail(ErrorKind::refused, directory.string() + " is not empty; name a new directory");
  return open_file(directory, O_RDONLY | O_DIRECTORY);
}

/// The directory above `path`, made with what is missing on the way.
Result<Fd> make_parents(int top, const std::string& path) {
  for (auto slash = path.find('/'); slash != std::string::npos; slash = path.find('/', slash + 1)) {
    const auto part = path.substr(0, slash);
    const auto above = FO_TRY(open_beneath(top, parent_of(part), O_RDONLY | O_DIRECTORY));
    if (::mkdirat(above.get(), name_of(part).c_str(), only_the_owner) != 0 && errno != EEXIST) {
      return fail_errno("cannot make the directory " + part);
    }
  }
  return open_beneath(top, parent_of(path), O_RDONLY | O_DIRECTORY);
}

Result<void> copy_bytes(int from, int to, const Context& context) {
  std::string buffer(block, '\0');
  std::uint64_t at = 0;
  while (true) {
    FO_TRY(context.check());
    const auto count = FO_TRY(read_at(from, at, std::as_writable_bytes(std::span(buffer))));
    if (count == 0) return {};
    FO_TRY(write_all(to, std::string_view(buffer).substr(0, count)));
    at += count;
  }
}

Result<void> dress_like(int file, const FileFacts& facts, const std::string& path) {
  // Without the right to give files away they are the caller's: worth having all the same.
  if (::fchown(file, facts.uid, facts.gid) != 0 && errno != EPERM) return fail_errno("cannot set the owner of " + path);
  constexpr std::int64_t second = 1'000'000'000;
  const timespec time{facts.mtime_ns / second, facts.mtime_ns % second};
  const std::array<timespec, 2> times{time, time};
  constexpr unsigned no_set_id = 0777;
  if (::fchmod(file, facts.mode & no_set_id) != 0) return fail_errno("cannot set the mode of " + path);
  if (::futimens(file, times.data()) != 0) return fail_errno("cannot set the time of " + path);
  return {};
}

Result<void> copy_link(int slots, const std::string& slot, int folder, const std::string& path) {
  std::string target(PATH_MAX, '\0');
  const auto length = ::readlinkat(slots, slot.c_str(), target.data(), target.size());
  if (length < 0) return fail_errno("cannot read the undo copy of " + path);
  target.resize(static_cast<std::size_t>(length));
  if (::symlinkat(target.c_str(), folder, name_of(path).c_str()) != 0) return fail_errno("cannot write " + path);
  return {};
}

class UndoCopier {
 public:
  UndoCopier(const Slots& slots, int top, const Context& context) noexcept
      : slots_(slots), top_(top), context_(context) {}

  Result<void> copy(const RestoreAct& act) {
    const int folder = slots_.at(act.mount);
    const auto slot = slot_name(act.n);
    const auto facts = FO_TRY(look_at(folder, slot));
    // Undone since, or never done: the slot holds what came with the backup, or nothing.
    if (facts.kind == FileKind::absent || !FO_TRY(is_file(folder, slot, facts, *act.old_file))) return {};
    const auto parent = FO_TRY(make_parents(top_, act.path));
    if (facts.kind == FileKind::symlink) {
      FO_TRY(copy_link(folder, slot, parent.get(), act.path));
    } else {
      const auto from = FO_TRY(open_beneath(folder, slot, O_RDONLY));
      const auto to = FO_TRY(open_beneath(parent.get(), name_of(act.path), O_WRONLY | O_CREAT | O_EXCL, 0600));
      FO_TRY(copy_bytes(from.get(), to.get(), context_));
      FO_TRY(dress_like(to.get(), facts, act.path));
      FO_TRY(sync_file(to.get()));
      copied_.bytes += facts.identity.size;
    }
    ++copied_.files;
    return {};
  }

  [[nodiscard]] const UndoCopied& copied() const noexcept { return copied_; }

 private:
  const Slots& slots_;
  int top_;
  const Context& context_;
  UndoCopied copied_;
};

}  // namespace

std::optional<std::uint64_t> pinned_generation(std::span<const RestoreRun> runs, const UndoPin& pin) {
  const auto found = std::ranges::find_if(runs, [&](const RestoreRun& run) {
    return run.number > pin.after && run.kind == RunKind::restore && run.result == "restored";
  });
  if (found == runs.end()) return std::nullopt;
  return found->number;
}

Result<UndoCopied> copy_undo(const StateDir& state, std::uint64_t generation, const std::filesystem::path& directory,
                             const Context& context) {
  const auto plan = read_restore_plan(state, generation);
  if (!plan && plan.error().kind == ErrorKind::not_found) {
    return fail(
        ErrorKind::not_found,
        fmt::format("the undo copies of generation {} are gone; what is left says: fo-restore --history", generation));
  }
  if (!plan) return std::unexpected(plan.error());
  const auto tree = FO_TRY(LiveTree::open(plan->roots));
  Slots slots(tree, plan->slots);
  std::set<std::string> mounts;
  for (const auto& act : plan->acts) mounts.insert(act.mount);
  for (const auto& mount : mounts) FO_TRY(slots.open(mount));
  const auto top = FO_TRY(open_empty(directory));
  UndoCopier copier(slots, top.get(), context);
  for (const auto& act : plan->acts) {
    if (act.old_file) FO_TRY(while_doing("copying the undo copy of " + act.path, copier.copy(act)));
  }
  FO_TRY(sync_directory(directory));
  return copier.copied();
}

}  // namespace failover
