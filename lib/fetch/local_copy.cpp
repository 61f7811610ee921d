#include "fetch/local_copy.hpp"

#include <span>
#include <string_view>

#include <failover/context.hpp>
#include <failover/error.hpp>
#include <failover/fetcher.hpp>

#include "fetch/digest.hpp"
#include "state/backup_sidecar.hpp"

namespace failover {

namespace {

bool is_copy_of(const BackupSidecar& sidecar, std::string_view source, const FetchCandidate& candidate) {
  const auto& object = candidate.object;
  const bool same_place = sidecar.source == source && sidecar.object == object.path;
  // A zip's index has every entry's name, size, CRC and time: with it the place need not be the same one. The end of a
  // tar, which tells no time, may be nothing but zeros.
  const bool index_tells = candidate.content.has_value();
  return (same_place || index_tells) && sidecar.size == object.size && sidecar.modified == object.modified &&
         sidecar.index_sha256 == candidate.index_sha256 && (!same_place || sidecar.version == object.version);
}

}  // namespace

Result<LocalCopy> find_local_copy(std::span<const StoredBackup> stored, std::string_view source,
                                  const FetchCandidate& candidate, const Context& context) {
  LocalCopy copy;
  for (const auto& backup : stored) {
    if (!is_copy_of(backup.sidecar, source, candidate)) continue;
    const auto digest = sha256_of_file(backup.path, "verifying " + backup.path.filename().string(), context);
    if (digest && *digest == backup.sidecar.sha256) {
      copy.path = backup.path;
      copy.content = backup.sidecar.content;
      return copy;
    }
    FO_TRY(context.check());
    copy.warnings.push_back(backup.path.string() +
                            " is no longer what was verified and is fetched again; check the disk");
  }
  return copy;
}

}  // namespace failover
