#include "restore/read_back.hpp"

#include <algorithm>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <mutex>
#include <optional>
#include <span>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include <fcntl.h>
#include <sys/stat.h>

#include <failover/context.hpp>
#include <failover/error.hpp>

#include "core/crc.hpp"
#include "core/fd.hpp"
#include "core/file_io.hpp"
#include "core/system_error.hpp"
#include "restore/slots.hpp"

namespace failover {

namespace {

/// At once, however few the cores: it is the disk that is waited for.
constexpr std::size_t readers = 8;

Result<void> read_back(const WrittenFile& file, std::span<std::byte> buffer, const Context& context) {
  const Fd fd(::openat(file.folder, slot_name(file.slot).c_str(), O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC));
  // Whatever the reason: what a worker says it wrote is not there.
  if (!fd) return fail(ErrorKind::io, fail_errno("cannot open its slot").error().message);
  struct stat info{};
  if (::fstat(fd.get(), &info) != 0) return fail_errno("cannot look at its slot");
  if (!S_ISREG(info.st_mode) || info.st_nlink != 1) return fail(ErrorKind::io, "its slot is no file of its own");
  // From the disk, not from memory: what was just written is dropped from the page cache first.
  ::posix_fadvise(fd.get(), 0, 0, POSIX_FADV_DONTNEED);
  std::uint32_t crc = 0;
  std::uint64_t size = 0;
  while (size <= file.size) {
    FO_TRY(context.check());
    const auto count = FO_TRY(read_at(fd.get(), size, buffer));
    if (count == 0) break;
    crc = crc32(std::span<const std::byte>(buffer).first(count), crc);
    size += count;
  }
  if (size != file.size || crc != file.crc) {
    return fail(ErrorKind::io,
                "the disk does not give back what was written; look for disk errors in the kernel's log");
  }
  return {};
}

}  // namespace

Result<void> read_back_files(std::span<const WrittenFile> files, const Context& context) {
  constexpr std::size_t chunk = std::size_t{256} * 1024;
  std::atomic<std::size_t> next = 0;
  std::mutex mutex;
  std::optional<Error> error;
  const auto work = [&] {
    std::vector<std::byte> buffer(chunk);
    for (auto i = next++; i < files.size(); i = next++) {
      const auto done = read_back(files[i], buffer, context);
      if (done) continue;
      const std::scoped_lock lock(mutex);
      if (!error) error = done.error().while_doing("reading back " + std::string(files[i].path));
      next = files.size();
    }
  };
  {
    std::vector<std::jthread> threads(std::min(readers, files.size()));
    for (auto& thread : threads) thread = std::jthread(work);
  }
  if (error) return std::unexpected(std::move(*error));
  return {};
}

}  // namespace failover
