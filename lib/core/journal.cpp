#include "core/journal.hpp"

#include <cstddef>
#include <filesystem>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <sys/types.h>
#include <unistd.h>

#include <failover/error.hpp>

#include "core/crc.hpp"
#include "core/fd.hpp"
#include "core/file_io.hpp"
#include "core/system_error.hpp"

namespace failover {

namespace {

constexpr std::size_t journal_limit = std::size_t{256} << 20U;

struct Parsed {
  std::vector<std::string> records;
  std::size_t good_bytes = 0;  ///< where a torn tail begins
};

/// The JSON of a line "XXXXXXXX {...}", or an empty view when the checksum does not hold.
std::string_view checked(std::string_view line) {
  constexpr std::size_t prefix = 9;
  if (line.size() <= prefix) return {};
  const auto json = line.substr(prefix);
  return line.substr(0, prefix) == fmt::format("{:08x} ", crc32(json)) ? json : std::string_view{};
}

Result<Parsed> parse(std::string_view content, const std::filesystem::path& path) {
  Parsed parsed;
  std::size_t number = 0;
  while (parsed.good_bytes < content.size()) {
    const auto end = content.find('\n', parsed.good_bytes);
    if (end == std::string_view::npos) break;
    ++number;
    const auto json = checked(content.substr(parsed.good_bytes, end - parsed.good_bytes));
    if (json.empty()) {
      // An append writes one line; blocks of a crashed one may be missing, but nothing can come after it.
      if (end + 1 == content.size()) break;
      return fail(
          ErrorKind::integrity,
          fmt::format("{} is damaged at line {}: look at it, and move it away to start anew", path.string(), number));
    }
    parsed.records.emplace_back(json);
    parsed.good_bytes = end + 1;
  }
  return parsed;
}

}  // namespace

Journal::Journal(std::filesystem::path path, Fd fd, std::vector<std::string> records) noexcept
    : path_(std::move(path)), fd_(std::move(fd)), records_(std::move(records)) {}

Result<Journal> Journal::open(const std::filesystem::path& path) {
  Fd fd = FO_TRY(open_file(path, O_RDWR | O_CREAT | O_APPEND | O_NOFOLLOW, 0600));
  FO_TRY(sync_directory(path.parent_path()));
  const auto content = FO_TRY(while_doing("reading " + path.string(), read_to_end(fd.get(), journal_limit)));
  auto parsed = FO_TRY(parse(content, path));
  if (parsed.good_bytes < content.size()) {
    if (::ftruncate(fd.get(), static_cast<off_t>(parsed.good_bytes)) != 0) {
      return fail_errno("cannot cut the torn last line off " + path.string());
    }
    FO_TRY(while_doing("mending " + path.string(), sync_file(fd.get())));
  }
  return Journal(path, std::move(fd), std::move(parsed.records));
}

Result<std::vector<std::string>> Journal::read(const std::filesystem::path& path) {
  const auto content = read_file(path, journal_limit);
  if (!content && content.error().kind == ErrorKind::not_found) return std::vector<std::string>{};
  if (!content) return std::unexpected(content.error());
  return FO_TRY(parse(*content, path)).records;
}

Result<void> Journal::append(std::string_view json) {
  if (json.find('\n') != std::string_view::npos) {
    return fail(ErrorKind::internal, "a journal record must not hold a line break");
  }
  const auto work = "writing " + path_.string();
  struct stat before{};
  if (::fstat(fd_.get(), &before) != 0) return fail_errno(work);
  auto written = write_all(fd_.get(), fmt::format("{:08x} {}\n", crc32(json), json));
  if (written) written = sync_file(fd_.get());
  if (!written) {
    // Half a line would be damage in the middle once another follows, and a whole one would be believed although we
    // are about to say that it failed.
    if (::ftruncate(fd_.get(), before.st_size) != 0)
      return fail_errno("cannot take back a record of " + path_.string());
    return while_doing(work, written);
  }
  records_.emplace_back(json);
  return {};
}

}  // namespace failover
