#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include <failover/context.hpp>
#include <failover/error.hpp>
#include <failover/export.hpp>

namespace failover {

/// One object of a store, as it was when it was listed.
struct ObjectInfo {
  std::string name;  ///< last component of its path, decoded
  std::string path;  ///< how its source names it
  std::uint64_t size = 0;
  WallTime modified;
  /// Changes when the content may have changed (generation, ETag); empty where the store has none: then size and
  /// modified are all there is.
  std::string version;
};

/// How to reach a store. Secrets come from files only (property secret).
struct SourceOptions {
  std::optional<std::filesystem::path> identity_file;
  std::optional<std::filesystem::path> known_hosts;
  std::optional<std::filesystem::path> password_file;
  std::optional<std::string> username;
  Duration stall_timeout = std::chrono::seconds(30);  ///< a peer that is silent for so long counts as gone
};

/// A place where backups lie, read-only. Kinds of errors: not_found, permission, conflict, unreachable, timeout,
/// protocol.
/// unreachable and timeout are worth a retry, the others are not.
class FAILOVER_EXPORT Source {
 public:
  virtual ~Source() = default;
  /// The location without secrets, for messages and sidecars.
  [[nodiscard]] virtual std::string describe() const = 0;
  /// Every regular object that the location names: one, a folder's, or those that match its glob. No order.
  virtual Result<std::vector<ObjectInfo>> list(const Context& context) = 0;
  /// The object as it is now.
  virtual Result<ObjectInfo> stat(const std::string& path, const Context& context) = 0;
  /// Reads from `offset` into `buffer`: at least one byte, unless the object ends there (0), and as many as come
  /// without another wait. An error of kind conflict when it is not the object that was listed. Reading onwards from
  /// where the last read of the same object ended is the fast case.
  virtual Result<std::size_t> read(const ObjectInfo& object, std::uint64_t offset, std::span<std::byte> buffer,
                                   const Context& context) = 0;
};

}  // namespace failover
