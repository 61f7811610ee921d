#include "restore/backup_choice.hpp"

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <span>
#include <string>
#include <system_error>
#include <utility>
#include <vector>

#include <fcntl.h>

#include <failover/context.hpp>
#include <failover/error.hpp>
#include <failover/restorer.hpp>

#include "archive/archive_listing.hpp"
#include "archive/check.hpp"
#include "archive/entry_reader.hpp"
#include "core/checksum.hpp"
#include "core/clock.hpp"
#include "core/fd.hpp"
#include "core/file_io.hpp"
#include "state/backup_sidecar.hpp"
#include "state/state_dir.hpp"

namespace failover {

namespace {

Result<std::string> sha256_of(int fd, const Context& context) {
  Sha256 sum;
  std::vector<std::byte> buffer(std::size_t{1024} * 1024);
  for (std::uint64_t offset = 0;;) {
    FO_TRY(context.check());
    const auto count = FO_TRY(read_at(fd, offset, buffer));
    if (count == 0) return sum.hex();
    sum.add(std::span<const std::byte>(buffer).first(count));
    offset += count;
  }
}

Result<void> check_age(const VerifiedBackup& backup, const RestoreOptions& options) {
  if (!options.max_age) return {};
  const auto age = std::chrono::system_clock::now() - backup.time;
  if (age <= *options.max_age) return {};
  return fail(ErrorKind::refused, backup.path.string() + " is " + human_duration(age) + " old; --max-age allows " +
                                      human_duration(*options.max_age));
}

}  // namespace

Result<std::filesystem::path> choose_backup(const StateDir& state, const std::filesystem::path& path) {
  if (path.empty()) {
    const auto stored = FO_TRY(list_stored_backups(state.backups()));
    if (stored.empty()) {
      return fail(ErrorKind::not_found, "no verified backup in " + state.backups().string() + "; run fo-fetch first");
    }
    return stored.front().path;
  }
  std::error_code error;
  auto absolute = std::filesystem::absolute(path, error);
  if (error) return fail(ErrorKind::io, "cannot find " + path.string() + ": " + error.message());
  return absolute.lexically_normal();
}

Result<void> check_contents(const OpenBackup& backup, const Context& context) {
  EntryReader reader;
  std::uint64_t done = 0;
  const auto nowhere = [](std::span<const std::byte>) { return Result<void>(); };
  for (const auto& entry : backup.listing.entries) {
    FO_TRY(
        while_doing("checking " + backup.facts.path.string(), reader.read(backup.file.get(), entry, nowhere, context)));
    done += entry.size;
    context.progress("verify", done, backup.facts.bytes);
  }
  return {};
}

Result<OpenBackup> open_backup(const std::filesystem::path& path, const RestoreOptions& options,
                               const Context& context) {
  auto file = FO_TRY(open_file(path, O_RDONLY | O_NONBLOCK));
  const auto work = "checking " + path.string();
  const ArchiveLimits limits{options.limits.max_size, options.limits.max_files, options.limits.max_ratio};
  auto listing = FO_TRY(while_doing(work, list_archive(file.get(), limits, context)));
  VerifiedBackup facts;
  facts.path = path;
  facts.files = listing.summary.files;
  facts.bytes = listing.summary.bytes;
  facts.time = listing.summary.newest_content;
  facts.sha256 = FO_TRY(while_doing(work, sha256_of(file.get(), context)));
  const auto sidecar = FO_TRY(read_backup_sidecar(path));
  if (sidecar) {
    if (sidecar->sha256 != facts.sha256) {
      return fail(ErrorKind::integrity, path.string() + " is not what was fetched: its SHA-256 is not the one in " +
                                            sidecar_path(path).string() + "; fetch it again");
    }
    facts.time = sidecar->backup_time();
    facts.warnings = sidecar->warnings;
  }
  FO_TRY(check_age(facts, options));
  return OpenBackup{std::move(facts), std::move(file), std::move(listing)};
}

}  // namespace failover
