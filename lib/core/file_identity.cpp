#include "core/file_identity.hpp"

#include <array>
#include <cerrno>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>

#include <fcntl.h>
#include <linux/stat.h>
#include <sys/stat.h>
#include <unistd.h>

#include <failover/error.hpp>

#include "core/clock.hpp"
#include "core/crc.hpp"
#include "core/fd.hpp"
#include "core/file_io.hpp"
#include "core/system_error.hpp"

namespace failover {

namespace {

std::int64_t nanoseconds(const struct statx_timestamp& time) noexcept {
  return std::chrono::nanoseconds(wall_time(time.tv_sec, time.tv_nsec).time_since_epoch()).count();
}

FileKind kind_of(unsigned mode) noexcept {
  if (S_ISREG(mode)) return FileKind::file;
  if (S_ISDIR(mode)) return FileKind::directory;
  return S_ISLNK(mode) ? FileKind::symlink : FileKind::other;
}

Result<std::uint32_t> crc_of_link(int directory, const std::string& name) {
  std::array<std::byte, std::size_t{4} * 1024> target{};
  const ssize_t length = ::readlinkat(directory, name.c_str(), reinterpret_cast<char*>(target.data()), target.size());
  if (length < 0) return fail_errno("cannot read the link " + name);
  return crc32(std::span<const std::byte>(target).first(static_cast<std::size_t>(length)));
}

Result<std::uint32_t> crc_of_file(int directory, const std::string& name) {
  const Fd fd(::openat(directory, name.c_str(), O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC));
  if (!fd) return fail_errno("cannot open " + name);
  std::array<std::byte, std::size_t{64} * 1024> buffer{};
  std::uint32_t crc = 0;
  for (std::uint64_t offset = 0;;) {
    const auto count = FO_TRY(read_at(fd.get(), offset, buffer));
    if (count == 0) return crc;
    crc = crc32(std::span<const std::byte>(buffer).first(count), crc);
    offset += count;
  }
}

bool has_content(FileKind kind) noexcept {
  return kind == FileKind::file || kind == FileKind::symlink;
}

Result<std::uint32_t> crc_of(int directory, const std::string& name, FileKind kind) {
  return kind == FileKind::symlink ? crc_of_link(directory, name) : crc_of_file(directory, name);
}

}  // namespace

Result<FileFacts> look_at(int directory, const std::string& name) {
  struct statx info{};
  const int flags = AT_SYMLINK_NOFOLLOW | AT_NO_AUTOMOUNT | (name.empty() ? AT_EMPTY_PATH : 0);
  if (::statx(directory, name.c_str(), flags, STATX_BASIC_STATS | STATX_BTIME | STATX_MNT_ID, &info) != 0) {
    if (errno == ENOENT) return FileFacts{};
    return fail_errno("cannot look at " + name);
  }
  FileFacts facts;
  facts.kind = kind_of(info.stx_mode);
  facts.identity.inode = info.stx_ino;
  facts.identity.size = info.stx_size;
  facts.identity.symlink = facts.kind == FileKind::symlink;
  if ((info.stx_mask & STATX_BTIME) != 0) facts.identity.birth_ns = nanoseconds(info.stx_btime);
  facts.mode = info.stx_mode & 07777U;
  facts.uid = info.stx_uid;
  facts.gid = info.stx_gid;
  facts.mtime_ns = nanoseconds(info.stx_mtime);
  facts.ctime_ns = nanoseconds(info.stx_ctime);
  facts.device = (std::uint64_t{info.stx_dev_major} << 32U) | info.stx_dev_minor;
  facts.mount = info.stx_mnt_id;
  facts.mount_root = (info.stx_attributes & STATX_ATTR_MOUNT_ROOT) != 0;
  facts.immutable = (info.stx_attributes & (STATX_ATTR_IMMUTABLE | STATX_ATTR_APPEND)) != 0;
  return facts;
}

Result<FileIdentity> identify(int directory, const std::string& name, const FileFacts& facts) {
  auto identity = facts.identity;
  if (has_content(facts.kind) && !identity.birth_ns) identity.crc = FO_TRY(crc_of(directory, name, facts.kind));
  return identity;
}

Result<bool> is_file(int directory, const std::string& name, const FileFacts& facts, const FileIdentity& wanted) {
  if (!has_content(facts.kind) || facts.identity.symlink != wanted.symlink) return false;
  if (wanted.birth_ns && facts.identity.birth_ns) {
    return facts.identity.inode == wanted.inode && facts.identity.birth_ns == wanted.birth_ns;
  }
  if (!wanted.crc || facts.identity.size != wanted.size) return false;
  return FO_TRY(crc_of(directory, name, facts.kind)) == *wanted.crc;
}

}  // namespace failover
