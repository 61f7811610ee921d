#include "fetch/verify.hpp"

#include <cstddef>
#include <cstdint>
#include <expected>
#include <filesystem>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <thread>
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

/// property effect: the very file on disk, every entry of it unpacked unless a digest of the whole stands for that.
Result<void> check_entries(const std::filesystem::path& path, const std::string& name, bool unpack, Verified& verified,
                           const Context& context) {
  const auto work = name + " is not a good archive and was not kept";
  if (unpack) {
    const auto summary = FO_TRY(while_doing(work, check_archive(path, ArchiveLimits{}, context)));
    verified.how.push_back(fmt::format("archive: every CRC-32 of {} files", summary.files));
  } else {
    const auto summary = FO_TRY(while_doing(work, summarize_archive(path, ArchiveLimits{}, context)));
    verified.how.push_back(fmt::format("archive: index and headers of {} files, none unpacked", summary.files));
  }
  return {};
}

}  // namespace

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
                               const Context& context) {
  const auto& name = candidate.object.name;
  const auto& stores = candidate.object.digests;
  // A digest reads all of the file and so does the archive check: both at once, each on a thread of its own.
  Result<FileDigests> digests = FileDigests{};
  Verified unpacked;
  std::optional<Result<void>> entries;
  {
    Context silent = context;
    if (!options.quick) silent.events = nullptr;  // one progress at a time
    const std::jthread digesting([&] { digests = digests_of_file(path, stores, "verifying " + name, silent); });
    if (!options.quick) entries = check_entries(path, name, true, unpacked, context);
  }
  Verified verified;
  if (!digests) return std::unexpected(digests.error());
  FO_TRY(compare_digests(name, *digests, stores, expected, verified));
  if (FO_TRY(local_index_sha256(path)) != candidate.index_sha256) {
    return fail(ErrorKind::integrity, name + " does not end as it did when it was chosen; it was not kept");
  }
  if (!entries) {
    const bool vouched = verified.match == FetchMatch::byte_identical;
    entries = check_entries(path, name, options.assembled && !vouched, unpacked, context);
  }
  FO_TRY(Result<void>(*entries));
  verified.how.insert(verified.how.end(), unpacked.how.begin(), unpacked.how.end());
  if (options.assembled && verified.match != FetchMatch::byte_identical) {
    verified.match = FetchMatch::every_entry_verified;
  }
  return verified;
}

}  // namespace failover
