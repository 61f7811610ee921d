#include "restore/stage.hpp"

#include <array>
#include <cerrno>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <ctime>
#include <span>
#include <string>
#include <vector>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <failover/context.hpp>
#include <failover/error.hpp>

#include "archive/archive_entry.hpp"
#include "core/checksum.hpp"
#include "core/fd.hpp"
#include "core/file_io.hpp"
#include "core/system_error.hpp"
#include "restore/plan_acts.hpp"
#include "restore/slots.hpp"
#include "state/restore_plan_file.hpp"

namespace failover {

namespace {

bool needs_file(const DraftAct& draft) noexcept {
  return draft.act.kind == ActKind::replace || draft.act.kind == ActKind::add;
}

timespec to_timespec(WallTime time) noexcept {
  const auto since = time.time_since_epoch();
  const auto seconds = std::chrono::floor<std::chrono::seconds>(since);
  return {seconds.count(), std::chrono::duration_cast<std::chrono::nanoseconds>(since - seconds).count()};
}

}  // namespace

Result<void> Stage::fill(const DraftPlan& plan, const Context& context) {
  std::vector<const DraftAct*> fresh;
  std::uint64_t total = 0;
  for (const auto& draft : plan.acts) {
    // Every mount of the plan gets its slots now: removals need one too, after the commit.
    FO_TRY(slots_.make(draft.act.mount));
    if (!needs_file(draft)) continue;
    const auto found = staged_.find(draft.act.n);
    if (found != staged_.end() && found->second == draft.act.mount) continue;
    fresh.push_back(&draft);
    total += draft.size;
  }
  std::uint64_t done = 0;
  for (const auto* draft : fresh) {
    FO_TRY(context.check());
    FO_TRY(while_doing("staging " + draft->act.path, unpack(*draft, context)));
    done += draft->size;
    context.progress("stage", done, total);
  }
  if (fresh.empty()) return {};
  FO_TRY(slots_.sync());
  for (const auto* draft : fresh) {
    FO_TRY(while_doing("reading back " + draft->act.path, read_back(*draft, context)));
    staged_[draft->act.n] = draft->act.mount;
  }
  return {};
}

Result<void> Stage::unpack(const DraftAct& draft, const Context& context) {
  const auto& entry = entries_[static_cast<std::size_t>(draft.act.n)];
  const int folder = slots_.at(draft.act.mount);
  const auto name = slot_name(draft.act.n);
  if (::unlinkat(folder, name.c_str(), 0) != 0 && errno != ENOENT) return fail_errno("cannot clear its slot");
  const Fd fd(::openat(folder, name.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600));
  if (!fd) return fail_errno("cannot make its slot");
  FO_TRY(reader_.read(
      archive_, entry, [&](std::span<const std::byte> bytes) { return write_all(fd.get(), bytes); }, context));
  const std::array<timespec, 2> times{timespec{0, UTIME_OMIT}, to_timespec(entry.modified)};
  if (::futimens(fd.get(), times.data()) != 0) return fail_errno("cannot set its time");
  return {};
}

Result<void> Stage::read_back(const DraftAct& draft, const Context& context) const {
  const auto& entry = entries_[static_cast<std::size_t>(draft.act.n)];
  const Fd fd(::openat(slots_.at(draft.act.mount), slot_name(draft.act.n).c_str(), O_RDONLY | O_NOFOLLOW | O_CLOEXEC));
  if (!fd) return fail_errno("cannot open its slot");
  // From the disk, not from memory: what we just wrote is dropped from the page cache first.
  ::posix_fadvise(fd.get(), 0, 0, POSIX_FADV_DONTNEED);
  std::vector<std::byte> buffer(std::size_t{256} * 1024);
  std::uint32_t crc = 0;
  std::uint64_t size = 0;
  while (true) {
    FO_TRY(context.check());
    const auto count = FO_TRY(read_at(fd.get(), size, buffer));
    if (count == 0) break;
    crc = crc32(std::span<const std::byte>(buffer).first(count), crc);
    size += count;
  }
  if (size != entry.size || crc != entry.crc) {
    return fail(ErrorKind::io,
                "the disk does not give back what was written; look for disk errors in the kernel's log");
  }
  return {};
}

}  // namespace failover
