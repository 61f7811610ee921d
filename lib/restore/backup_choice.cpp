#include "restore/backup_choice.hpp"

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <span>
#include <stop_token>
#include <string>
#include <system_error>
#include <thread>
#include <utility>
#include <vector>

#include <fcntl.h>
#include <sys/stat.h>

#include <failover/context.hpp>
#include <failover/error.hpp>
#include <failover/restorer.hpp>

#include "archive/archive_listing.hpp"
#include "archive/check.hpp"
#include "archive/unpack_order.hpp"
#include "core/clock.hpp"
#include "core/fd.hpp"
#include "core/file_io.hpp"
#include "core/secret.hpp"
#include "core/sha256.hpp"
#include "core/system_error.hpp"
#include "state/backup_sidecar.hpp"
#include "state/state_dir.hpp"

namespace failover {

namespace {

Result<std::string> sha256_of(int fd, const Context& context) {
  Sha256 sum;
  // Small enough for the cache: of 1 MiB the copy alone costs as much as the digest.
  std::vector<std::byte> buffer(std::size_t{64} * 1024);
  for (std::uint64_t offset = 0;;) {
    FO_TRY(context.check());
    const auto count = FO_TRY(read_at(fd, offset, buffer));
    if (count == 0) return sum.hex();
    sum.add(std::span<const std::byte>(buffer).first(count));
    offset += count;
  }
}

Result<std::uint64_t> size_of(int fd) {
  struct stat info{};
  if (::fstat(fd, &info) != 0) return fail_errno("cannot look at the backup");
  return static_cast<std::uint64_t>(info.st_size);
}

Result<void> check_age(const VerifiedBackup& backup, const RestoreOptions& options) {
  if (!options.max_age) return {};
  const auto age = std::chrono::system_clock::now() - backup.time;
  if (age <= *options.max_age) return {};
  return fail(ErrorKind::refused, backup.path.string() + " is " + human_duration(age) + " old; --max-age allows " +
                                      human_duration(*options.max_age));
}

Result<void> read_contents(OpenBackup& backup, const ArchiveLimits& limits, const Context& context) {
  const int fd = backup.file.get();
  backup.listing = FO_TRY(list_archive(fd, limits, backup.key(), context));
  FO_TRY(verify_entries(fd, backup.listing, nullptr, context));
  return {};
}

/// The digest of the whole costs a core about as long as the contents do the others: both at once.
class DigestedReading {
 public:
  DigestedReading(OpenBackup& backup, const Context& context) : backup_(backup), context_(context) {
    context_.stop = stop_.get_token();
  }

  Result<void> run(const ArchiveLimits& limits, const std::stop_token& outer) {
    const std::stop_callback on_stop(outer, [this] { stop_.request_stop(); });
    Result<std::string> digest;
    Result<void> contents;
    {
      const std::jthread digesting([&] { digest = sha256_of(backup_.file.get(), context_); });
      contents = read_contents(backup_, limits, context_);
      if (!contents) stop_.request_stop();
    }
    FO_TRY(std::move(contents));
    backup_.facts.sha256 = FO_TRY(std::move(digest));
    return {};
  }

 private:
  OpenBackup& backup_;
  Context context_;
  std::stop_source stop_;
};

Result<void> check_is_as_fetched(const OpenBackup& backup, const BackupSidecar& sidecar, bool whole) {
  const bool same_size = FO_TRY(size_of(backup.file.get())) == sidecar.size;
  if (same_size && (!whole || backup.facts.sha256 == sidecar.sha256)) return {};
  const auto& path = backup.facts.path;
  return fail(ErrorKind::integrity, path.string() + " is not what was fetched: its size or SHA-256 is not the one in " +
                                        sidecar_path(path).string() + "; fetch it again");
}

/// @param whole whether every byte is read: each entry, and for a digest that there is something to compare with
Result<OpenBackup> open_and_check(const std::filesystem::path& path, const RestoreOptions& options, bool whole,
                                  const Context& context) {
  OpenBackup backup;
  backup.file = FO_TRY(open_file(path, O_RDONLY | O_NONBLOCK));
  if (!options.password_file.empty()) backup.password = FO_TRY(read_password_file(options.password_file));
  const ArchiveLimits limits{options.limits.max_size, options.limits.max_files, options.limits.max_ratio,
                             options.symlinks};
  const auto sidecar = FO_TRY(read_backup_sidecar(path));
  const auto work = "checking " + path.string();
  if (whole && sidecar) {
    FO_TRY(while_doing(work, DigestedReading(backup, context).run(limits, context.stop)));
  } else if (whole) {
    FO_TRY(while_doing(work, read_contents(backup, limits, context)));
  } else {
    backup.listing = FO_TRY(while_doing(work, list_archive(backup.file.get(), limits, backup.key(), context)));
  }
  auto& facts = backup.facts;
  facts.path = path;
  facts.files = backup.listing.summary.files;
  facts.bytes = backup.listing.summary.bytes;
  facts.time = backup.listing.summary.newest_content;
  if (sidecar) {
    FO_TRY(check_is_as_fetched(backup, *sidecar, whole));
    facts.sha256 = sidecar->sha256;
    facts.time = sidecar->backup_time();
    facts.warnings = sidecar->warnings;
  }
  FO_TRY(check_age(facts, options));
  return backup;
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

Result<OpenBackup> open_backup(const std::filesystem::path& path, const RestoreOptions& options,
                               const Context& context) {
  return open_and_check(path, options, false, context);
}

Result<OpenBackup> open_whole_backup(const std::filesystem::path& path, const RestoreOptions& options,
                                     const Context& context) {
  return open_and_check(path, options, true, context);
}

}  // namespace failover
