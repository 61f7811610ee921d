#include "fetch/verify.hpp"

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <span>
#include <string>
#include <vector>

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>

#include <failover/context.hpp>
#include <failover/error.hpp>
#include <failover/fetcher.hpp>

#include "archive/check.hpp"
#include "core/fd.hpp"
#include "core/file_io.hpp"
#include "core/system_error.hpp"
#include "fetch/archive_end.hpp"
#include "fetch/digest.hpp"

namespace failover {

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
                               const std::vector<ExpectedDigest>& expected, const Context& context) {
  const auto& name = candidate.object.name;
  Verified verified;
  verified.sha256 = FO_TRY(sha256_of_file(path, "verifying " + name, context));
  for (const auto& digest : expected) {
    if (digest.sha256 != verified.sha256) {
      return fail(ErrorKind::integrity,
                  fmt::format("{} has the SHA-256 {}, but {} says {}; it was not kept: see which of the two is wrong",
                              name, verified.sha256, digest.from, digest.sha256));
    }
    verified.how.push_back("SHA-256 of " + digest.from);
  }
  if (FO_TRY(local_index_sha256(path)) != candidate.index_sha256) {
    return fail(ErrorKind::integrity, name + " does not end as it did when it was chosen; it was not kept");
  }
  const auto summary = FO_TRY(
      while_doing(name + " is not a good archive and was not kept", check_archive(path, ArchiveLimits{}, context)));
  verified.how.push_back(fmt::format("archive: every CRC-32 of {} files", summary.files));
  return verified;
}

}  // namespace failover
