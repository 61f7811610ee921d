#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>

#include <failover/error.hpp>

namespace failover {

/// Which file or symbolic link this is, whatever its name: inode and birth time. Where the file system keeps no birth
/// time an inode number may come again, so size and CRC-32 of the content (a link's target) decide instead.
struct FileIdentity {
  std::uint64_t inode = 0;
  std::optional<std::int64_t> birth_ns;  ///< since 1970
  std::uint64_t size = 0;
  std::optional<std::uint32_t> crc;  ///< always there when birth_ns is not
  bool symlink = false;

  bool operator==(const FileIdentity&) const = default;
};

/// What lies under a name, without following a symbolic link.
enum class FileKind { absent, file, directory, symlink, other };

struct FileFacts {
  FileKind kind = FileKind::absent;
  FileIdentity identity;   ///< crc is not filled in
  std::uint32_t mode = 0;  ///< permission bits, set-id bits included
  std::uint32_t uid = 0;
  std::uint32_t gid = 0;
  std::int64_t mtime_ns = 0;
  std::int64_t ctime_ns = 0;
  std::uint64_t device = 0;
  std::uint64_t mount = 0;  ///< statx mount id
  bool mount_root = false;  ///< something is mounted exactly here
  bool immutable = false;   ///< chattr +i or +a
};

/// lstat with everything above. @param name relative to `directory`; "" = the directory itself.
Result<FileFacts> look_at(int directory, const std::string& name);

/// The facts' identity, with the CRC-32 read from the file when there is no birth time.
Result<FileIdentity> identify(int directory, const std::string& name, const FileFacts& facts);

/// Whether what lies there is the file or link `wanted`.
Result<bool> is_file(int directory, const std::string& name, const FileFacts& facts, const FileIdentity& wanted);

}  // namespace failover
