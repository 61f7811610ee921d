#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include <failover/context.hpp>
#include <failover/error.hpp>
#include <failover/fetcher.hpp>

#include "fetch/digest.hpp"

namespace failover {

struct Verified {
  std::string sha256;
  std::vector<std::string> how;  ///< "archive: 812 files, every CRC-32", "SHA-256 of --sha256"
};

/// Reads the file back from disk: every expected digest, the index that was looked at before, and the archive check.
/// Any difference is an error of kind integrity.
Result<Verified> verify_backup(const std::filesystem::path& path, const FetchCandidate& candidate,
                               const std::vector<ExpectedDigest>& expected, const Context& context);

/// The index digest of a local file, as FetchCandidate has it of the store's object.
Result<std::string> local_index_sha256(const std::filesystem::path& path);

}  // namespace failover
