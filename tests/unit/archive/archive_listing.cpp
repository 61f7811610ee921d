#include "archive/archive_listing.hpp"

#include <cstddef>
#include <string>
#include <string_view>

#include <fcntl.h>
#include <fmt/format.h>

#include <failover/context.hpp>
#include <failover/error.hpp>

#include "archive/archive_entry.hpp"
#include "archive/archive_format.hpp"
#include "archive/check.hpp"
#include "core/crc.hpp"
#include "core/fd.hpp"
#include "support/catch.hpp"
#include "support/folder.hpp"

using namespace failover;

namespace {

constexpr std::size_t block = 512;

/// One ustar header and what follows it.
std::string member(std::string_view name, char type, std::string_view link, std::string_view content) {
  std::string head(block, '\0');
  const auto put = [&](std::size_t offset, std::string_view text) { head.replace(offset, text.size(), text); };
  put(0, name);
  put(100, "0000644");
  put(108, "0000000");
  put(116, "0000000");
  put(124, fmt::format("{:011o}", content.size()));
  put(136, "14000000000");
  put(148, "        ");
  head[156] = type;
  put(157, link);
  put(257, "ustar");
  put(263, "00");
  unsigned sum = 0;
  for (const char c : head) sum += static_cast<unsigned char>(c);
  put(148, fmt::format("{:06o}", sum));
  head[154] = '\0';
  return head + std::string(content) + std::string((block - content.size() % block) % block, '\0');
}

Result<ArchiveListing> list(const Folder& folder, const std::string& members, bool symlinks) {
  folder.put("archive", members + std::string(2 * block, '\0'));
  const Fd fd(::open((folder.path / "archive").c_str(), O_RDONLY | O_CLOEXEC));
  ArchiveLimits limits;
  limits.symlinks = symlinks;
  return list_archive(fd.get(), limits, nullptr, Context{});
}

bool breaks(const Result<ArchiveListing>& listing, const std::string& rule) {
  return !listing && listing.error().kind == ErrorKind::integrity &&
         listing.error().message.contains("the rule " + rule + ":");
}

}  // namespace

TEST_CASE("links are listed with their targets where they are allowed") {
  const Folder folder;
  const auto file = member("d/file", '0', "", "content\n");
  const auto inside = file + member("d/link", '2', "file", "");
  const auto listing = list(folder, inside, true);
  REQUIRE(listing);
  CHECK(listing->format == ArchiveFormat::tar);
  REQUIRE(listing->entries.size() == 2);
  CHECK(listing->entries[0].crc == crc32("content\n"));
  CHECK(listing->entries[0].mode == 0644);
  CHECK(listing->entries[1].kind == EntryKind::symlink);
  CHECK(listing->entries[1].link == "file");
  CHECK(listing->summary.files == 1);
  CHECK(breaks(list(folder, inside, false), "entry-type"));
  CHECK(breaks(list(folder, file + member("d/link", '2', "../../x", ""), true), "link"));
  CHECK(breaks(list(folder, file + member("d/link", '2', "/etc/passwd", ""), true), "link"));
  // Nothing is ever beneath a link.
  CHECK(
      breaks(list(folder, file + member("l", '2', "d", "") + member("l/x", '0', "", "x"), true), "file-and-directory"));
}
