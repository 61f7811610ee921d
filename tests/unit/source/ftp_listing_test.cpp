#include "source/ftp_listing.hpp"

#include <chrono>
#include <string>
#include <string_view>
#include <vector>

#include <failover/error.hpp>

#include "support/catch.hpp"

using failover::ErrorKind;
using failover::FtpEntry;
using failover::parse_ftp_facts_listing;
using failover::parse_ftp_listing;
using Kind = failover::FtpEntry::Kind;

namespace {

/// The one entry of a line; its name is empty when there is none.
FtpEntry listed(std::string_view line) {
  const auto entries = parse_ftp_listing(line);
  REQUIRE(entries);
  return entries->empty() ? FtpEntry{} : entries->front();
}

}  // namespace

TEST_CASE("FTP facts tell kind, size and time of a name") {
  const auto entries = parse_ftp_facts_listing(
      "modify=20261123020000;perm=fle;type=cdir; .\r\n"
      "Type=File;Size=123456789012;Modify=20261123020000.123;Unique=a=b; two  blanks;=.zip\r\n"
      "type=dir;modify=20261123020000; folder\r\n"
      "type=OS.unix=slink:/srv/x;size=9; link.zip\r\n"
      "type=OS.unix=symlink; other link\r\n"
      "type=pdir; ..\r\n");
  REQUIRE(entries);
  REQUIRE(entries->size() == 4);
  const auto& file = entries->at(0);
  CHECK(file.kind == Kind::file);
  CHECK(file.name == "two  blanks;=.zip");
  CHECK(file.size == 123456789012);
  CHECK(std::chrono::duration_cast<std::chrono::seconds>(file.modified->time_since_epoch()).count() == 1795399200);
  CHECK(entries->at(1).kind == Kind::folder);
  CHECK(entries->at(2).kind == Kind::link);
  CHECK(entries->at(3).kind == Kind::link);
}

TEST_CASE("A line of FTP facts that is none is an error, not a gap in the listing") {
  for (const std::string_view wrong :
       {"type=file;size=1;modify=20261123020000;", "a.zip", "type=file a.zip", "type=file;size=x; a.zip",
        "type=file;size=-1; a.zip", "type=file;modify=20261323020000; a.zip", "type=file;modify=2026112302000; a.zip",
        "size=1; a.zip", "type=file;=1; a.zip", "type=file; ../a.zip", "type=file; /a.zip", "type=file; a/b",
        "<html>nothing here</html>"}) {
    INFO(wrong);
    const auto entries = parse_ftp_facts_listing(wrong);
    REQUIRE_FALSE(entries);
    CHECK(entries.error().kind == ErrorKind::protocol);
  }
}

TEST_CASE("A listing in the style of Unix") {
  CHECK(listed("total 12").name.empty());
  const auto file = listed("-rw-r--r--   1 pbx      store     12345 Nov 23 02:00 3CX backup.zip\r\n");
  CHECK(file.kind == Kind::file);
  CHECK(file.name == "3CX backup.zip");
  CHECK_FALSE(file.size);
  CHECK_FALSE(file.modified);
  CHECK(listed("-rw-r--r-- 1 0 0 5 Nov 23 2025 a.zip").name == "a.zip");
  CHECK(listed("-rw-r--r-- 1 0 0 5 Nov 23  2025  blank first.zip").name == " blank first.zip");
  CHECK(listed("-rw-r--r--+ 1 DOM\\Domain Users 5 Feb  3 2:00 a.zip").name == "a.zip");
  CHECK(listed("-rw-r--r-- 1 owner 5 2026-11-23 02:00 a.zip").name == "a.zip");
  // The date is the first that can be one, whatever the name looks like.
  CHECK(listed("-rw-r--r-- 1 0 0 5 Nov 23 02:00 9 Nov 24 03:00 a.zip").name == "9 Nov 24 03:00 a.zip");
  CHECK(listed("drwxr-sr-t 2 0 0 4096 Nov 23 02:00 folder").kind == Kind::folder);
  CHECK(listed("crw-rw-rw- 1 root root 1, 3 Nov 23 02:00 null").kind == Kind::other);
  const auto link = listed("lrwxrwxrwx 1 0 0 9 Nov 23 02:00 link.zip -> ../a.zip");
  CHECK(link.kind == Kind::link);
  CHECK(link.name == "link.zip");
  CHECK(listed("drwxr-xr-x 2 0 0 4096 Nov 23 02:00 ..").name.empty());
}

TEST_CASE("A listing in the style of DOS") {
  const auto file = listed("11-23-26  02:00AM                12345 3CX backup.zip\r\n");
  CHECK(file.kind == Kind::file);
  CHECK(file.name == "3CX backup.zip");
  CHECK(listed("11-23-2026  11:59PM 5  blank first.zip").name == " blank first.zip");
  const auto folder = listed("11-23-26  02:00AM       <DIR>          my folder");
  CHECK(folder.kind == Kind::folder);
  CHECK(folder.name == "my folder");
}

TEST_CASE("A line of LIST that is neither is an error") {
  for (const std::string_view wrong :
       {"-rw-r--r-- 1 0 0 5 Nov 23 02:00", "-rw-r--r-- 1 0 0 5 Nov 23 02:00 ", "-rw-r--r-- 1 0 0 5 Nov 99:00 a.zip",
        "?rw-r--r-- 1 0 0 5 Nov 23 02:00 a.zip", "-rw-r--r-- 1 0 0 five Nov 23 02:00 a.zip",
        "-rw-r--r-- 1 0 0 5 Nov 23 02:00 a/b.zip", "-rw-r--r--x 1 0 0 5 Nov 23 02:00 a.zip",
        "11-23-26  02:00AM  <FILE> a.zip", "11-23-26  02:00XM  5 a.zip", "1-23-26  02:00AM  5 a.zip", "total many",
        "ftp: cannot list this", "<html>"}) {
    INFO(wrong);
    const auto entries = parse_ftp_listing(wrong);
    REQUIRE_FALSE(entries);
    CHECK(entries.error().kind == ErrorKind::protocol);
  }
}
