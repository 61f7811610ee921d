#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include <failover/context.hpp>
#include <failover/error.hpp>
#include <failover/source.hpp>

#include "core/sha256.hpp"
#include "core/stream_digest.hpp"

namespace failover {

/// What the bytes must hash to, and who says so.
struct ExpectedDigest {
  std::string sha256;
  std::string from;  ///< "--sha256", "--sha256-file", the name of the file beside the backup
};

/// 64 hex digits in lower case; an error of kind usage otherwise.
Result<std::string> parse_sha256(std::string_view text);

/// Reads what sha256sum writes: the line for `name`, or the only line; a bare digest will do.
Result<std::string> digest_in(std::string_view text, std::string_view name);

/// NAME.sha256 beside the object; none when there is no such file.
Result<std::optional<ExpectedDigest>> digest_beside(Source& source, const ObjectInfo& object, unsigned retries,
                                                    const Context& context);

/// What one reading of a file gives.
struct FileDigests {
  std::string sha256;
  std::string crc64;                          ///< as in xz, 16 lower-case hex digits
  std::map<std::string, std::string> others;  ///< algorithm -> lower-case hex
};

/// The SHA-256 and the CRC-64 of a stream, and the algorithms of `stores` as far as they are known here.
class BlockDigests {
 public:
  explicit BlockDigests(std::span<const StoreDigest> stores);
  void add(std::span<const std::byte> block);
  /// The object is used up.
  FileDigests finish();

 private:
  Sha256 sha256_;
  std::uint64_t crc64_ = 0;
  std::map<std::string, StreamDigest> others_;
};

/// The same of a file, in one reading from disk.
Result<FileDigests> digests_of_file(const std::filesystem::path& path, std::span<const StoreDigest> stores,
                                    std::string_view task, const Context& context);

/// Of a whole file, read from disk.
Result<std::string> sha256_of_file(const std::filesystem::path& path, std::string_view task, const Context& context);

}  // namespace failover
