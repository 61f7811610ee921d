#include "fetch/verify.hpp"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <expected>
#include <filesystem>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <thread>
#include <utility>
#include <vector>

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>

#include <failover/context.hpp>
#include <failover/error.hpp>
#include <failover/fetcher.hpp>
#include <failover/source.hpp>

#include "archive/check.hpp"
#include "core/fd.hpp"
#include "core/file_io.hpp"
#include "core/system_error.hpp"
#include "fetch/archive_end.hpp"
#include "fetch/digest.hpp"

namespace failover {

namespace {

constexpr std::string_view crc_prefix = "archive: every CRC-32 of ";
constexpr std::string_view sealed_suffix = ", encrypted";

std::string_view shown(std::string_view algorithm) {
  if (algorithm == "md5") return "MD5";
  if (algorithm == "sha1") return "SHA-1";
  if (algorithm == "sha256") return "SHA-256";
  return "CRC-32C";
}

Result<void> compare_digests(const std::string& name, const FileDigests& digests,
                             const std::vector<StoreDigest>& stores, const std::vector<ExpectedDigest>& expected,
                             Verified& verified) {
  verified.sha256 = digests.sha256;
  verified.crc64 = digests.crc64;
  for (const auto& digest : expected) {
    if (digest.sha256 != digests.sha256) {
      return fail(ErrorKind::integrity,
                  fmt::format("{} has the SHA-256 {}, but {} says {}; it was not kept: see which of the two is wrong",
                              name, digests.sha256, digest.from, digest.sha256));
    }
    verified.how.push_back("SHA-256 of " + digest.from);
    verified.match = FetchMatch::byte_identical;
  }
  for (const auto& [algorithm, hex] : stores) {
    const auto ours = digests.others.find(algorithm);
    if (ours == digests.others.end()) continue;
    if (ours->second != hex) {
      return fail(ErrorKind::integrity,
                  fmt::format("{} has the {} {}, but the store says {}; it was not kept: fetch it again, and if that "
                              "fails too, make a new backup",
                              name, shown(algorithm), ours->second, hex));
    }
    verified.how.push_back(fmt::format("{} of the store", shown(algorithm)));
    verified.match = FetchMatch::byte_identical;
  }
  return {};
}

/// What may be in a backup is for fo-restore to say, link or not; here it is held against the profile.
ArchiveLimits limits_of_a_backup() noexcept {
  ArchiveLimits limits;
  limits.symlinks = true;
  limits.encrypted = true;
  return limits;
}

std::string proof_text(const CheckedArchive& checked) {
  const auto files = checked.summary.files;
  switch (checked.proof) {
    case ArchiveProof::crc: {
      const auto text = fmt::format("{}{} files", crc_prefix, files);
      return checked.compared == 0 ? text : fmt::format("{}, {} of them by comparison", text, checked.compared);
    }
    case ArchiveProof::unpacked:
      return fmt::format("archive: each of {} files unpacked", files);
    case ArchiveProof::index:
      return fmt::format("archive: index and headers of {} files, none unpacked", files);
    case ArchiveProof::sealed:
      break;
  }
  return fmt::format("archive: index and headers of {} files{}", files, sealed_suffix);
}

/// property effect: the very file on disk, every entry of it unpacked unless a digest of the whole stands for that, or
/// its packed bytes are those that were unpacked when the backup was verified which they come from.
Result<CheckedArchive> check_entries(const std::filesystem::path& path, const std::string& name, bool unpack,
                                     const VerifyOptions& options, const Context& context) {
  const auto limits = limits_of_a_backup();
  return while_doing(name + " is not a good archive and was not kept",
                     unpack ? check_archive(path, limits, options.password, options.proven, context)
                            : summarize_archive(path, limits, context));
}

/// A sealed archive is as good as its digest; without one nobody has looked at its content.
void add_proof(const CheckedArchive& checked, const std::string& name, Verified& verified) {
  verified.how.push_back(proof_text(checked));
  if (checked.proof == ArchiveProof::unpacked) verified.content = checked.summary.newest_content;
  if (checked.proof != ArchiveProof::sealed || verified.match == FetchMatch::byte_identical) return;
  verified.warnings.push_back(sealed_warning(name));
}

}  // namespace

bool has_every_crc(const std::vector<std::string>& how) {
  return std::ranges::any_of(how, [](const std::string& text) { return text.starts_with(crc_prefix); });
}

bool is_sealed(const std::vector<std::string>& how) {
  return std::ranges::any_of(how, [](const std::string& text) { return text.ends_with(sealed_suffix); });
}

std::string sealed_warning(const std::string& name) {
  return fmt::format(
      "{} is encrypted and the store has no digest of it, so what is in it was not checked; say "
      "--archive-password-file",
      name);
}

Result<std::string> local_index_sha256(const std::filesystem::path& path) {
  const Fd fd = FO_TRY(open_file(path, O_RDONLY));
  struct stat info{};
  if (::fstat(fd.get(), &info) != 0) return fail_errno("cannot look at " + path.string());
  const auto read = [&fd](std::uint64_t offset, std::span<std::byte> buffer) {
    return read_at(fd.get(), offset, buffer);
  };
  const auto end =
      FO_TRY(while_doing("reading " + path.string(), read_archive_end(read, static_cast<std::uint64_t>(info.st_size))));
  return end.index_sha256;
}

Result<Verified> verify_backup(const std::filesystem::path& path, const FetchCandidate& candidate,
                               const std::vector<ExpectedDigest>& expected, const VerifyOptions& options,
                               const DigestReader& read_digests, const Context& context) {
  const auto& name = candidate.object.name;
  const auto& stores = candidate.object.digests;
  // A digest reads all of the file and so does the archive check: both at once, each on a thread of its own.
  Result<FileDigests> digests = FileDigests{};
  std::optional<Result<CheckedArchive>> entries;
  {
    Context silent = context;
    if (!options.quick) silent.events = nullptr;  // one progress at a time
    const std::jthread digesting([&] { digests = read_digests("verifying " + name, silent); });
    if (!options.quick) entries = check_entries(path, name, true, options, context);
  }
  Verified verified;
  if (!digests) return std::unexpected(digests.error());
  FO_TRY(compare_digests(name, *digests, stores, expected, verified));
  if (FO_TRY(local_index_sha256(path)) != candidate.index_sha256) {
    return fail(ErrorKind::integrity, name + " does not end as it did when it was chosen; it was not kept");
  }
  if (!entries) {
    const bool vouched = verified.match == FetchMatch::byte_identical;
    entries = check_entries(path, name, options.assembled && !vouched, options, context);
  }
  add_proof(FO_TRY(std::move(*entries)), name, verified);
  if (options.assembled && verified.match != FetchMatch::byte_identical) {
    verified.match = FetchMatch::every_entry_verified;
  }
  return verified;
}

}  // namespace failover
