#pragma once

#include <filesystem>
#include <span>
#include <string>
#include <vector>

#include <failover/context.hpp>
#include <failover/error.hpp>
#include <failover/fetcher.hpp>
#include <failover/source.hpp>

#include "core/secret.hpp"
#include "fetch/archive_end.hpp"
#include "fetch/digest.hpp"
#include "fetch/metered_source.hpp"
#include "fetch/partial.hpp"
#include "fetch/verify.hpp"
#include "state/backup_sidecar.hpp"

namespace failover {

/// What is to be brought, and what with. Owns nothing.
struct BringJob {
  Source& source;
  const LinkMeter& meter;
  const FetchOptions& options;
  const FetchCandidate& chosen;
  const ArchiveIndex& index;
  std::span<const StoredBackup> stored;
  const std::vector<ExpectedDigest>& expected;
  const Secret* password = nullptr;  ///< of an encrypted archive; nullptr = none
};

/// Fills `partial` with the chosen object, by delta where that pays, and verifies it on disk. What does not verify is
/// fetched anew, in steps: the local headers of copied entries, everything that was copied, everything that an
/// interrupted run had left. What still does not is an error of kind integrity.
/// @param outcome its resumed_at, copied, base and warnings are filled in
Result<Verified> bring(const BringJob& job, Partial& partial, FetchOutcome& outcome, const Context& context);

}  // namespace failover
