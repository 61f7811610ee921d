#include "fetch/archive_end.hpp"

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <span>
#include <string>

#include "support/catch.hpp"
#include "zip_bytes.hpp"

namespace {

using failover::ArchiveState;
using namespace std::chrono;

failover::ArchiveEnd look(const std::string& bytes) {
  const auto read = [&bytes](std::uint64_t offset, std::span<std::byte> buffer) -> failover::Result<std::size_t> {
    if (offset >= bytes.size()) return std::size_t{0};
    // One byte fewer than asked for where possible: short reads are allowed.
    const auto count = std::min(std::max<std::size_t>(buffer.size() - 1, 1), bytes.size() - offset);
    std::memcpy(buffer.data(), bytes.data() + offset, count);
    return count;
  };
  return failover::read_archive_end(read, bytes.size()).value();
}

}  // namespace

TEST_CASE("A whole archive is complete, whatever its comment") {
  CHECK(look(TinyZip{}.bytes()).state == ArchiveState::complete);
  CHECK(look(TinyZip{.comment = "a comment"}.bytes()).state == ArchiveState::complete);
  CHECK(look(TinyZip{.comment = "PK\x05\x06 inside"}.bytes()).state == ArchiveState::complete);
}

TEST_CASE("Every shortened archive is incomplete and never complete") {
  const auto whole = TinyZip{.comment = "end"}.bytes();
  for (std::size_t size = 4; size < whole.size(); ++size) {
    INFO(size);
    CHECK(look(whole.substr(0, size)).state == ArchiveState::incomplete);
  }
  CHECK(look("").state == ArchiveState::incomplete);
  CHECK(look(whole + "x").state == ArchiveState::incomplete);
}

TEST_CASE("What is no archive is foreign") {
  CHECK(look("x").state == ArchiveState::foreign);
  CHECK(look("\x1f\x8d neither").state == ArchiveState::foreign);
}

TEST_CASE("A tar is complete as far as its end tells") {
  auto tar = std::string(512, 'n');
  tar.replace(257, 5, "ustar");
  CHECK(look(tar + std::string(1024, '\0')).state == ArchiveState::complete);
  CHECK(look(tar + std::string(100'000, '\0')).state == ArchiveState::complete);
  CHECK(look(tar + std::string(1023, '\0')).state == ArchiveState::incomplete);
  CHECK(look(tar).state == ArchiveState::incomplete);
  const std::string xz(
      "\xfd"
      "7zXZ\0 packed ",
      14);
  CHECK(look(xz + "YZ").state == ArchiveState::complete);
  CHECK(look(xz).state == ArchiveState::incomplete);
  // What these end with tells nothing.
  CHECK(look("\x1f\x8b gzip").state == ArchiveState::complete);
  CHECK(look("\x28\xb5\x2f\xfd zstd").state == ArchiveState::complete);
  CHECK(look("\x1f\x8b gzip").index_sha256 != look("\x1f\x8b gzop").index_sha256);
}

TEST_CASE("An end that points outside, or to something else, is incomplete") {
  auto beyond = TinyZip{}.bytes();
  beyond[beyond.size() - 6] = '\x7f';  // the directory's offset
  CHECK(look(beyond).state == ArchiveState::incomplete);
  auto elsewhere = TinyZip{}.bytes();
  elsewhere[elsewhere.size() - 6] = '\x01';
  CHECK(look(elsewhere).state == ArchiveState::incomplete);
}

TEST_CASE("The index digest changes with every byte of the index") {
  const auto digest = look(TinyZip{}.bytes()).index_sha256;
  CHECK(digest.size() == 64);
  CHECK(look(TinyZip{.dos_time = 1}.bytes()).index_sha256 != digest);
  CHECK(look(TinyZip{.comment = "x"}.bytes()).index_sha256 != digest);
}

TEST_CASE("The newest entry's time comes from the extra fields, else from the DOS time") {
  const auto dos = look(TinyZip{.dos_time = (13U << 11U) | (7U << 5U) | 5U}.bytes());
  CHECK(dos.newest_entry == sys_days(2025y / 11 / 23) + 13h + 7min + 10s);
  CHECK_FALSE(dos.exact_time);
  const auto when = sys_days(2026y / 1 / 2) + 3h;
  const auto seconds = static_cast<std::uint64_t>(duration_cast<std::chrono::seconds>(when.time_since_epoch()).count());
  const auto unix_extra = TinyZip::n2(0x5455) + TinyZip::n2(5) + "\x01" + TinyZip::n4(seconds);
  const auto exact = look(TinyZip{.extra = unix_extra}.bytes());
  CHECK(exact.newest_entry == when);
  CHECK(exact.exact_time);
  const auto ticks = (seconds + 11'644'473'600U) * 10'000'000U;
  const auto ntfs_extra = TinyZip::n2(0x000a) + TinyZip::n2(32) + TinyZip::n4(0) + TinyZip::n2(1) + TinyZip::n2(24) +
                          TinyZip::number(ticks, 8) + TinyZip::number(0, 8) + TinyZip::number(0, 8);
  CHECK(look(TinyZip{.extra = ntfs_extra}.bytes()).newest_entry == when);
  CHECK_FALSE(look(TinyZip{.dos_date = 0}.bytes()).newest_entry);
  // An extra field that says it is longer than it is.
  CHECK_FALSE(look(TinyZip{.extra = TinyZip::n2(0x5455) + TinyZip::n2(500)}.bytes()).exact_time);
}
