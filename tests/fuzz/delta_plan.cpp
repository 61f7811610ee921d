#include "fetch/delta_plan.hpp"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include <failover/source.hpp>

#include "fetch/delta_index.hpp"
#include "fetch/metered_source.hpp"
#include "fuzz/must.hpp"
#include "fuzz/target.hpp"

using failover::ByteRange;
using failover::DeltaPlan;
using failover::PackedEntry;
using failover::PackedIndex;
using failover::test::must;

namespace {

class Bytes {
 public:
  Bytes(const std::uint8_t* data, std::size_t size) noexcept : data_(data), size_(size) {}
  std::uint8_t next() noexcept { return at_ < size_ ? data_[at_++] : 0; }
  [[nodiscard]] bool left() const noexcept { return at_ < size_; }

 private:
  const std::uint8_t* data_;
  std::size_t size_;
  std::size_t at_ = 0;
};

/// Entries one behind the other, each with its local header, as an index that was read has them. What the central
/// directory says of them is anything, the packed size included: the plan must not believe it.
PackedIndex index_of(Bytes& bytes) {
  PackedIndex index;
  std::uint64_t at = bytes.next() % 3;
  const unsigned count = bytes.next() % 12;
  for (unsigned i = 0; i < count && bytes.left(); ++i) {
    PackedEntry entry;
    entry.name = std::string(1, static_cast<char>('a' + bytes.next() % 8));
    const unsigned kind = bytes.next();
    entry.crc = kind & 3U;
    entry.method = static_cast<std::uint16_t>((kind >> 2U) & 1U);
    entry.flags = (kind & 8U) != 0 ? failover::descriptor_flag : 0;
    const std::uint64_t scale = (kind & 16U) != 0 ? 4096 : 1;
    entry.compressed = bytes.next() * scale;
    entry.size = entry.compressed + ((kind >> 5U) & 1U);
    entry.begin = at;
    entry.data = at + failover::local_header_size + entry.name.size() + bytes.next() % 40;
    // Packed bytes lie within the entry, else find_packed_data() refuses the base.
    entry.end = entry.data + entry.compressed + bytes.next() % 30;
    at = entry.end;
    index.entries.push_back(entry);
  }
  index.directory = at;
  index.size = at + 100;
  return index;
}

/// Of the new archive nothing but its directory is known, and it may lie.
void lie(PackedIndex& theirs, Bytes& bytes) {
  for (auto& entry : theirs.entries) {
    entry.data = 0;
    if (bytes.next() % 4 == 0) entry.compressed = bytes.next() * (bytes.next() % 2 == 0 ? 1ULL : 4096ULL);
  }
}

/// Every byte of the new archive before its directory comes once, and from where the base has one.
void check_tiles(const DeltaPlan& plan, const PackedIndex& theirs, const PackedIndex& ours) {
  std::vector<ByteRange> parts(plan.fetch);
  for (const auto& copy : plan.copies) {
    must(copy.from <= ours.directory && copy.length <= ours.directory - copy.from, "what is copied lies in the base");
    parts.push_back({copy.to, copy.length});
  }
  must(std::ranges::is_sorted(plan.copies, {}, &failover::CopyPart::to), "copies ascend");
  must(std::ranges::is_sorted(plan.fetch, {}, &ByteRange::offset), "ranges ascend");
  std::ranges::sort(parts, {}, &ByteRange::offset);
  std::uint64_t at = theirs.entries.empty() ? theirs.directory : theirs.entries.front().begin;
  for (const auto& part : parts) {
    must(part.length > 0 && part.offset == at, "copies and ranges tile the archive");
    at += part.length;
  }
  must(at == theirs.directory, "up to its directory");
  for (const auto& range : plan.unproved) {
    must(range.offset + range.length <= theirs.directory, "what is unproved lies in the archive");
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  Bytes bytes(data, size);
  const auto share = bytes.next();
  const auto latency = bytes.next();
  const auto ours = index_of(bytes);
  auto theirs = index_of(bytes);
  lie(theirs, bytes);
  auto plan = failover::plan_delta(theirs, ours);
  check_tiles(plan, theirs, ours);
  std::vector<failover::GrownEntry> known;
  for (auto grown : plan.grown) {
    must(grown.entry < theirs.entries.size(), "what grew is an entry");
    const auto& entry = theirs.entries[grown.entry];
    must(grown.to >= entry.begin && grown.to + grown.common <= entry.end, "its beginning lies in it");
    grown.common = grown.common * share / 255;
    if (grown.common > 0) known.push_back(grown);
  }
  failover::use_beginnings(plan, known);
  check_tiles(plan, theirs, ours);
  failover::LinkEstimate link;
  link.latency = latency / 100.0;
  link.bytes_per_second = 1e6;
  failover::coalesce(plan, link);
  check_tiles(plan, theirs, ours);
  static_cast<void>(failover::worth_it(plan, theirs.size, link, 4));
  return 0;
}
