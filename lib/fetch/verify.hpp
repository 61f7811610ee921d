#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include <failover/context.hpp>
#include <failover/error.hpp>
#include <failover/fetcher.hpp>

#include "fetch/digest.hpp"

namespace failover {

struct VerifyOptions {
  bool quick = false;      ///< do not unpack what a digest of the whole vouches for
  bool assembled = false;  ///< parts come from another backup
};

struct Verified {
  std::string sha256;
  FetchMatch match = FetchMatch::as_downloaded;
  std::vector<std::string> how;  ///< "archive: every CRC-32 of 812 files", "SHA-256 of --sha256", "MD5 of the store"
};

/// Reads the file back from disk: every expected digest, every digest of the store, the index that was looked at
/// before, and the archive check. Any difference is an error of kind integrity.
Result<Verified> verify_backup(const std::filesystem::path& path, const FetchCandidate& candidate,
                               const std::vector<ExpectedDigest>& expected, const VerifyOptions& options,
                               const Context& context);

/// The index digest of a local file, as FetchCandidate has it of the store's object.
Result<std::string> local_index_sha256(const std::filesystem::path& path);

}  // namespace failover
