#include "archive/entry_record.hpp"

#include <chrono>
#include <cstddef>
#include <string>
#include <string_view>

#include <failover/context.hpp>
#include <failover/error.hpp>

#include "archive/archive_entry.hpp"
#include "support/catch.hpp"

using namespace failover;

namespace {

ArchiveEntry example() {
  ArchiveEntry entry;
  entry.path = "a/b";
  entry.kind = EntryKind::symlink;
  entry.size = 1;
  entry.crc = 2;
  entry.mode = 0644;
  entry.modified = WallTime(std::chrono::nanoseconds(1'700'000'000'123'456'789));
  entry.link = "../c";
  entry.place = {3, 4, 8};
  return entry;
}

}  // namespace

TEST_CASE("entries and jobs travel whole") {
  std::string bytes;
  append_job(bytes, example(), 5, 6);
  append_job(bytes, ArchiveEntry{}, no_folder, 0);
  std::string_view rest = bytes;
  const auto job = take_job(rest);
  REQUIRE(job);
  CHECK(job->folder == 5);
  CHECK(job->slot == 6);
  CHECK(job->entry.path == "a/b");
  CHECK(job->entry.kind == EntryKind::symlink);
  CHECK(job->entry.size == 1);
  CHECK(job->entry.crc == 2);
  CHECK(job->entry.mode == 0644);
  CHECK(job->entry.modified == example().modified);
  CHECK(job->entry.link == "../c");
  CHECK(job->entry.place.offset == 3);
  CHECK(job->entry.place.packed == 4);
  CHECK(job->entry.place.method == 8);
  CHECK(take_job(rest)->folder == no_folder);
  CHECK(rest.empty());
}

TEST_CASE("a record that was cut off, or is of no known kind, is none") {
  std::string bytes;
  append_entry(bytes, example());
  for (std::size_t size = 0; size < bytes.size(); ++size) {
    auto cut = std::string_view(bytes).substr(0, size);
    const auto entry = take_entry(cut);
    REQUIRE_FALSE(entry);
    CHECK(entry.error().kind == ErrorKind::internal);
  }
  bytes[0] = 3;
  std::string_view rest = bytes;
  CHECK_FALSE(take_entry(rest));
}
