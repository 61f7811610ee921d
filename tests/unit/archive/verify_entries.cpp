#include <cstdint>
#include <optional>
#include <span>
#include <string>

#include <fcntl.h>

#include <failover/context.hpp>
#include <failover/error.hpp>

#include "archive/archive_entry.hpp"
#include "archive/proven_entries.hpp"
#include "archive/unpack_order.hpp"
#include "core/crc.hpp"
#include "core/fd.hpp"
#include "support/catch.hpp"
#include "support/folder.hpp"

using namespace failover;

namespace {

const std::string content = "number\tcaller\tanswered\n";

/// An archive with two stored files, of which the first has a wrong CRC-32 or not, and one that is proven.
struct Archives {
  explicit Archives(bool wrong, const std::string& proven_bytes = content) {
    folder.put("new", content + "other");
    folder.put("proven", proven_bytes);
    here = Fd(::open((folder.path / "new").c_str(), O_RDONLY | O_CLOEXEC));
    there = Fd(::open((folder.path / "proven").c_str(), O_RDONLY | O_CLOEXEC));
    add("cdr.csv", content, 0, wrong);
    add("other", "other", content.size(), false);
    const auto& stated = listing.entries.front();
    proven.emplace(there.get());
    proven->add({0, stated.place.packed, 0}, stated.size, stated.crc);
  }

  void add(const std::string& name, const std::string& bytes, std::uint64_t offset, bool wrong) {
    ArchiveEntry entry;
    entry.path = name;
    entry.size = bytes.size();
    entry.crc = crc32(std::as_bytes(std::span(bytes))) ^ (wrong ? 1U : 0U);
    entry.place = {offset, bytes.size(), 0};
    listing.entries.push_back(entry);
  }

  Result<std::uint64_t> verify(bool with_proven) {
    return verify_entries(here.get(), listing, with_proven ? &*proven : nullptr, Context{});
  }

  Folder folder;
  Fd here;
  Fd there;
  ArchiveListing listing;
  std::optional<ProvenEntries> proven;
};

bool is_integrity(const Result<std::uint64_t>& verified) {
  return !verified && verified.error().kind == ErrorKind::integrity;
}

}  // namespace

TEST_CASE("Every file is unpacked where nothing is proven") {
  CHECK(Archives(false).verify(false).value() == 0);
  CHECK(is_integrity(Archives(true).verify(false)));
}

TEST_CASE("A file with proven packed bytes is compared, the others are unpacked") {
  CHECK(Archives(false).verify(true).value() == 1);
  // Unpacking would find it wrong: the one that proves it is what answers for that.
  CHECK(Archives(true).verify(true).value() == 1);
  Archives archives(false);
  archives.listing.entries.back().crc ^= 1;
  CHECK(is_integrity(archives.verify(true)));
}

TEST_CASE("A file that differs from what was proven is unpacked") {
  auto other = content;
  other.back() = '\r';
  CHECK(Archives(false, other).verify(true).value() == 0);
  CHECK(is_integrity(Archives(true, other).verify(true)));
}

TEST_CASE("A file that was unpacked at its very place is neither unpacked nor compared") {
  Archives archives(true);
  ProvenEntries proven(-1);
  const auto& stated = archives.listing.entries.front();
  proven.add_unpacked(stated.place, stated.size, stated.crc);
  CHECK(verify_entries(archives.here.get(), archives.listing, &proven, Context{}).value() == 0);
}
