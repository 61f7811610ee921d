#include "workers/slot_file.hpp"

#include <array>
#include <cerrno>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <ctime>
#include <span>
#include <string>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <failover/context.hpp>
#include <failover/error.hpp>

#include "core/beneath.hpp"
#include "core/fd.hpp"
#include "core/file_io.hpp"
#include "core/system_error.hpp"

namespace failover {

namespace {

timespec to_timespec(WallTime time) noexcept {
  const auto since = time.time_since_epoch();
  const auto seconds = std::chrono::floor<std::chrono::seconds>(since);
  return {seconds.count(), std::chrono::duration_cast<std::chrono::nanoseconds>(since - seconds).count()};
}

}  // namespace

Result<SlotFile> SlotFile::make(int folder, std::uint64_t slot) {
  constexpr int flags = O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW;
  constexpr unsigned private_mode = 0600;
  const auto name = std::to_string(slot);
  // A slot that an earlier try left is made anew.
  if (::unlinkat(folder, name.c_str(), 0) != 0 && errno != ENOENT) return fail_errno("cannot clear its slot");
  return SlotFile(FO_TRY(while_doing("making its slot", open_beneath(folder, name, flags, private_mode))));
}

Result<void> SlotFile::write(std::span<const std::byte> bytes) {
  return write_all(fd_.get(), bytes);
}

Result<void> SlotFile::finish(WallTime modified) {
  const std::array<timespec, 2> times{timespec{0, UTIME_OMIT}, to_timespec(modified)};
  if (::futimens(fd_.get(), times.data()) != 0) return fail_errno("cannot set its time");
  fd_.reset();
  return {};
}

}  // namespace failover
