#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include <failover/context.hpp>
#include <failover/error.hpp>
#include <failover/export.hpp>

namespace failover {

/// A digest of a whole object that its store vouches for.
struct StoreDigest {
  std::string algorithm;  ///< md5, crc32c, sha1, sha256
  std::string hex;        ///< lower case
};

/// One object of a store, as it was when it was listed.
struct ObjectInfo {
  std::string name;  ///< last component of its path, decoded
  std::string path;  ///< how its source names it
  std::uint64_t size = 0;
  WallTime modified;
  /// Changes when the content may have changed (generation, ETag); empty where the store has none: then size and
  /// modified are all there is.
  std::string version;
  std::vector<StoreDigest> digests = {};  ///< what the store says of its bytes; may be none
};

/// A part of an object, in bytes.
struct ByteRange {
  std::uint64_t offset = 0;
  std::uint64_t length = 0;
};

/// How to reach a store. Secrets come from files only (property secret).
struct SourceOptions {
  std::optional<std::filesystem::path> identity_file;     ///< SSH key; for https a PEM file, client certificate and key
  std::optional<std::filesystem::path> known_hosts;       ///< SSH host keys
  std::optional<std::filesystem::path> password_file;     ///< its first line, for `username`
  std::optional<std::filesystem::path> credentials_file;  ///< Google's JSON, AWS's credentials, a bearer token
  std::optional<std::filesystem::path> ca_file;           ///< PEM, instead of the system's authorities
  std::optional<std::string> username;
  std::optional<std::string> endpoint;                ///< URL of the store instead of the provider's own
  bool smb_guest = false;                             ///< log in to an SMB server as nobody: unsigned and unencrypted
  bool smb_encryption = false;                        ///< refuse an SMB server that does not encrypt
  bool smb_kerberos = false;                          ///< log in to an SMB server by a Kerberos ticket, and only so
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

  /// Given bytes of a range and where in the object they belong, in order; an error of its own ends the reading.
  using Sink = std::function<Result<void>(std::uint64_t offset, std::span<const std::byte> bytes)>;
  /// Reads all of many ranges, which ascend and do not overlap, with as few waits as the store allows. An object that
  /// ends within one is an error of kind conflict. Unless a source knows better it reads one after the other.
  virtual Result<void> read_ranges(const ObjectInfo& object, std::span<const ByteRange> ranges, const Sink& sink,
                                   const Context& context);
  /// About how many ranges of one read_ranges() wait for the store together: what many small ones cost.
  [[nodiscard]] virtual std::size_t ranges_per_wait() const noexcept { return 1; }

  /// A connection of its own to the same place, to be used by another thread at the same time; an error of kind refused
  /// where the store allows but one.
  [[nodiscard]] virtual Result<std::unique_ptr<Source>> another() const;
};

}  // namespace failover
