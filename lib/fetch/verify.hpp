#pragma once

#include <filesystem>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <failover/context.hpp>
#include <failover/error.hpp>
#include <failover/fetcher.hpp>

#include "archive/proven_entries.hpp"
#include "core/secret.hpp"
#include "fetch/digest.hpp"

namespace failover {

struct VerifyOptions {
  bool quick = false;                ///< do not unpack what a digest of the whole vouches for
  bool assembled = false;            ///< parts come from another backup
  const Secret* password = nullptr;  ///< of an encrypted archive; nullptr = none
  ProvenEntries* proven = nullptr;   ///< of the backup that the parts come from; nullptr = unpack all
};

struct Verified {
  std::string sha256;
  std::string crc64;
  FetchMatch match = FetchMatch::as_downloaded;
  std::optional<WallTime> content{};  ///< its newest entry, where the archive's end does not tell
  std::vector<std::string> warnings;  ///< what could not be verified
  std::vector<std::string> how;       ///< "archive: every CRC-32 of 812 files, 790 of them by comparison", "SHA-256 of
                                      ///< --sha256", "MD5 of the store"
};

/// Gives the digests of what is in the file. Called on a thread of its own.
using DigestReader = std::function<Result<FileDigests>(std::string_view task, const Context& context)>;

/// Holds what is on disk against every expected digest, every digest of the store, the index that was looked at before,
/// and the archive check. Any difference is an error of kind integrity.
/// @param read_digests of the file at `path`, with the algorithms of the store
Result<Verified> verify_backup(const std::filesystem::path& path, const FetchCandidate& candidate,
                               const std::vector<ExpectedDigest>& expected, const VerifyOptions& options,
                               const DigestReader& read_digests, const Context& context);

/// Whether by `how` every file of it was unpacked and had its CRC-32.
bool has_every_crc(const std::vector<std::string>& how);

/// Whether a verification was told so by `how`: nobody had the password, and no file was looked at.
bool is_sealed(const std::vector<std::string>& how);

/// A sentence: what is not known of a sealed archive whose store has no digest.
std::string sealed_warning(const std::string& name);

/// The index digest of a local file, as FetchCandidate has it of the store's object.
Result<std::string> local_index_sha256(const std::filesystem::path& path);

}  // namespace failover
