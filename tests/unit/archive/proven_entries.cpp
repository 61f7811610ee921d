#include "archive/proven_entries.hpp"

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include <fcntl.h>

#include <failover/context.hpp>

#include "archive/archive_entry.hpp"
#include "core/fd.hpp"
#include "support/catch.hpp"
#include "support/folder.hpp"

using namespace failover;

namespace {

/// More than two blocks of what is compared at a time.
constexpr std::size_t length = std::size_t{150} * 1024;
constexpr std::uint64_t place_there = 30;
constexpr std::uint64_t place_here = 1000;

std::string packed_bytes() {
  std::string bytes(length, '\0');
  for (std::size_t i = 0; i < length; ++i) bytes[i] = static_cast<char>(i * 7 + i / 256);
  return bytes;
}

ArchiveEntry entry_at(std::uint64_t offset) {
  ArchiveEntry entry;
  entry.path = "cdr.sql";
  entry.size = 500'000;
  entry.crc = 0x1234abcd;
  entry.place = {offset, length, 8};
  return entry;
}

/// An archive that was unpacked, and one that is looked at.
struct Archives {
  explicit Archives(const std::string& bytes) {
    folder.put("proven", std::string(place_there, 'x') + packed_bytes() + "more");
    folder.put("new", std::string(place_here, 'y') + bytes);
    there = Fd(::open((folder.path / "proven").c_str(), O_RDONLY | O_CLOEXEC));
    here = Fd(::open((folder.path / "new").c_str(), O_RDONLY | O_CLOEXEC));
  }

  [[nodiscard]] bool has(const ArchiveEntry& entry) const {
    ProvenEntries proven(there.get());
    const auto known = entry_at(place_there);
    proven.add(known.place, known.size, known.crc);
    return proven.has(here.get(), entry, Context{}).value();
  }

  Folder folder;
  Fd there;
  Fd here;
};

bool resembles(const ArchiveEntry& entry) {
  ProvenEntries proven(-1);
  const auto known = entry_at(place_there);
  proven.add(known.place, known.size, known.crc);
  return proven.resembles(entry);
}

}  // namespace

TEST_CASE("An entry whose packed bytes were unpacked before is proven, wherever they are") {
  CHECK(Archives(packed_bytes()).has(entry_at(place_here)));
}

TEST_CASE("One byte that differs proves nothing") {
  const auto at = GENERATE(as<std::size_t>{}, 0, 64 * 1024 - 1, 64 * 1024, length - 1);
  CAPTURE(at);
  auto bytes = packed_bytes();
  bytes[at] = static_cast<char>(bytes[at] ^ 1);
  CHECK_FALSE(Archives(bytes).has(entry_at(place_here)));
}

TEST_CASE("An archive that ends too early proves nothing") {
  CHECK_FALSE(Archives(packed_bytes().substr(1)).has(entry_at(place_here)));
}

TEST_CASE("What was unpacked at its very place counts as that, and nothing else does") {
  ProvenEntries proven(-1);
  const auto entry = entry_at(place_here);
  proven.add_unpacked(entry.place, entry.size, entry.crc);
  CHECK(proven.was_unpacked(entry));
  CHECK_FALSE(proven.resembles(entry));
  CHECK_FALSE(proven.was_unpacked(entry_at(place_here + 1)));
  auto other = entry;
  other.crc ^= 1;
  CHECK_FALSE(proven.was_unpacked(other));
}

TEST_CASE("Only an entry of which the index says the same is worth comparing") {
  CHECK(resembles(entry_at(place_here)));
  auto other = entry_at(place_here);
  SECTION("CRC-32") {
    other.crc ^= 1;
  }
  SECTION("size") {
    ++other.size;
  }
  SECTION("packed size") {
    --other.place.packed;
  }
  SECTION("method") {
    other.place.method = 0;
  }
  CHECK_FALSE(resembles(other));
  CHECK_FALSE(Archives(packed_bytes()).has(other));
}
