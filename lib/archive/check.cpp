#include "archive/check.hpp"

#include <filesystem>

#include <fcntl.h>

#include <failover/context.hpp>
#include <failover/error.hpp>

#include "archive/archive_format.hpp"
#include "archive/archive_listing.hpp"
#include "archive/proven_entries.hpp"
#include "archive/unpack_order.hpp"
#include "core/fd.hpp"
#include "core/file_io.hpp"
#include "core/secret.hpp"

namespace failover {

namespace {

ArchiveProof proof_of(ArchiveFormat format, const Secret* password) noexcept {
  switch (format) {
    case ArchiveFormat::zip:
      return ArchiveProof::index;
    case ArchiveFormat::tar:
      return ArchiveProof::unpacked;
    case ArchiveFormat::encrypted_zip:
      break;
  }
  return password == nullptr ? ArchiveProof::sealed : ArchiveProof::unpacked;
}

Result<CheckedArchive> check(int fd, const ArchiveLimits& limits, const Secret* password, ProvenEntries* proven,
                             const Context& context) {
  const auto listing = FO_TRY(list_archive(fd, limits, password, context));
  CheckedArchive checked{listing.summary, proof_of(listing.format, password)};
  if (checked.proof != ArchiveProof::index) return checked;
  checked.compared = FO_TRY(verify_entries(fd, listing, proven, context));
  checked.proof = ArchiveProof::crc;
  return checked;
}

Result<CheckedArchive> summarize(int fd, const ArchiveLimits& limits, const Context& context) {
  const auto listing = FO_TRY(list_archive(fd, limits, nullptr, context));
  return CheckedArchive{listing.summary, proof_of(listing.format, nullptr)};
}

}  // namespace

Result<CheckedArchive> check_archive(const std::filesystem::path& path, const ArchiveLimits& limits,
                                     const Secret* password, ProvenEntries* proven, const Context& context) {
  const Fd fd = FO_TRY(open_file(path, O_RDONLY));
  return while_doing("checking " + path.string(), check(fd.get(), limits, password, proven, context));
}

Result<CheckedArchive> summarize_archive(const std::filesystem::path& path, const ArchiveLimits& limits,
                                         const Context& context) {
  const Fd fd = FO_TRY(open_file(path, O_RDONLY));
  return while_doing("checking " + path.string(), summarize(fd.get(), limits, context));
}

}  // namespace failover
