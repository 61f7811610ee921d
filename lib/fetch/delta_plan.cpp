#include "fetch/delta_plan.hpp"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <vector>

#include <failover/source.hpp>

#include "fetch/delta_index.hpp"
#include "fetch/metered_source.hpp"
#include "fetch/range_set.hpp"

namespace failover {

namespace {

/// With a signature and 32-bit sizes, as nearly every writer makes them (APPNOTE 4.3.9).
constexpr std::uint64_t usual_descriptor = 16;
constexpr std::uint64_t longest_descriptor = 24;
/// Below this the probes cost more than the bytes.
constexpr std::uint64_t smallest_grown = std::uint64_t{128} * 1024;
constexpr std::uint64_t smallest_gap = std::uint64_t{4} * 1024;
constexpr std::uint64_t largest_gap = std::uint64_t{1024} * 1024;

bool has_descriptor(const PackedEntry& entry) noexcept {
  return (entry.flags & descriptor_flag) != 0;
}

/// How long the descriptor of `theirs` is, if it is one like that of `ours`.
std::uint64_t descriptor_of(const PackedEntry& theirs, const PackedEntry& ours) noexcept {
  if (!has_descriptor(theirs)) return 0;
  return has_descriptor(ours) ? ours.end - ours.data - ours.compressed : usual_descriptor;
}

class Planner {
 public:
  explicit Planner(DeltaPlan& plan) noexcept : plan_(plan) {}

  void fetch(std::uint64_t begin, std::uint64_t end) {
    if (begin == end) return;
    auto& ranges = plan_.fetch;
    if (!ranges.empty() && end_of(ranges.back()) == begin) {
      ranges.back().length += end - begin;
    } else {
      ranges.push_back({begin, end - begin});
    }
  }

  void copy(std::uint64_t from, std::uint64_t to, std::uint64_t length) {
    if (length == 0) return;
    auto& copies = plan_.copies;
    if (!copies.empty() && copies.back().from + copies.back().length == from &&
        copies.back().to + copies.back().length == to) {
      copies.back().length += length;
    } else {
      copies.push_back({from, to, length});
    }
  }

  void whole_entry(const PackedEntry& theirs, const PackedEntry& ours) {
    copy(ours.begin, theirs.begin, theirs.span());
    // Where there is a descriptor its length is not known, and so the header's is not either.
    plan_.unproved.push_back({theirs.begin, theirs.span() - theirs.compressed});
    if (has_descriptor(theirs)) {
      const auto tail = std::min(longest_descriptor, theirs.span());
      plan_.unproved.push_back({theirs.end - tail, tail});
    }
  }

  void data_only(const PackedEntry& theirs, const PackedEntry& ours) {
    const auto descriptor = descriptor_of(theirs, ours);
    const auto around = theirs.span() - theirs.compressed;
    if (around < descriptor + local_header_size + theirs.name.size()) return fetch(theirs.begin, theirs.end);
    const auto data = theirs.end - descriptor - theirs.compressed;
    fetch(theirs.begin, data);
    copy(ours.data, data, theirs.compressed);
    fetch(theirs.end - descriptor, theirs.end);
  }

  /// Whether the packed bytes that the directory states find room between a header of least size and the next entry.
  static bool fits(const PackedEntry& entry) noexcept {
    const auto header = local_header_size + entry.name.size();
    return entry.span() >= header && entry.span() - header >= entry.compressed;
  }

  void changed(const PackedEntry& theirs, const PackedEntry& ours, std::size_t number) {
    fetch(theirs.begin, theirs.end);
    const auto descriptor = descriptor_of(theirs, ours);
    const auto around = theirs.span() - theirs.compressed;
    const auto common = std::min(theirs.compressed, ours.compressed);
    if (theirs.method != ours.method || common < smallest_grown ||
        around < descriptor + local_header_size + theirs.name.size()) {
      return;
    }
    plan_.grown.push_back({ours.data, theirs.end - descriptor - theirs.compressed, common, number});
  }

 private:
  DeltaPlan& plan_;
};

bool same_content(const PackedEntry& a, const PackedEntry& b) noexcept {
  return a.crc == b.crc && a.compressed == b.compressed && a.size == b.size && a.method == b.method;
}

/// Takes `without` out of the copies.
std::vector<CopyPart> cut_copies(const std::vector<CopyPart>& copies, const RangeSet& without) {
  std::vector<CopyPart> rest;
  for (const auto& copy : copies) {
    for (const auto& part : without.missing_from({copy.to, copy.length})) {
      rest.push_back({copy.from + (part.offset - copy.to), part.offset, part.length});
    }
  }
  return rest;
}

}  // namespace

std::uint64_t DeltaPlan::to_fetch() const noexcept {
  return bytes_of(fetch);
}

DeltaPlan plan_delta(const PackedIndex& theirs, const PackedIndex& ours) {
  std::unordered_map<std::string_view, const PackedEntry*> by_name;
  for (const auto& entry : ours.entries) by_name.emplace(entry.name, &entry);
  DeltaPlan plan;
  Planner planner(plan);
  for (std::size_t i = 0; i < theirs.entries.size(); ++i) {
    const auto& entry = theirs.entries[i];
    const auto found = by_name.find(entry.name);
    if (found == by_name.end() || !Planner::fits(entry)) {
      planner.fetch(entry.begin, entry.end);
    } else if (const auto& old = *found->second; !same_content(entry, old)) {
      planner.changed(entry, old, i);
    } else if (entry.span() == old.span() && entry.flags == old.flags && entry.modified == old.modified) {
      planner.whole_entry(entry, old);
    } else {
      planner.data_only(entry, old);
    }
  }
  std::ranges::sort(plan.grown, std::greater(), &GrownEntry::common);
  return plan;
}

void use_beginnings(DeltaPlan& plan, const std::vector<GrownEntry>& known) {
  RangeSet fetch(plan.fetch);
  for (const auto& entry : known) {
    fetch.remove({entry.to, entry.common});
    plan.copies.push_back({entry.from, entry.to, entry.common});
  }
  plan.fetch = fetch.ranges();
  std::ranges::sort(plan.copies, {}, &CopyPart::to);
}

double seconds_to_fetch(std::uint64_t bytes, std::size_t ranges, const LinkEstimate& link, std::size_t connections) {
  const auto together = static_cast<double>(link.ranges_per_wait * connections);
  const auto waits = std::ceil(static_cast<double>(ranges) / together);
  return static_cast<double>(bytes) / link.bytes_per_second + waits * link.latency;
}

void coalesce(DeltaPlan& plan, const LinkEstimate& link) {
  const auto carried = link.latency * link.bytes_per_second / static_cast<double>(link.ranges_per_wait);
  const auto limit = static_cast<std::uint64_t>(
      std::clamp(carried, static_cast<double>(smallest_gap), static_cast<double>(largest_gap)));
  std::vector<ByteRange> gaps;
  for (std::size_t i = 1; i < plan.fetch.size(); ++i) {
    const auto begin = end_of(plan.fetch[i - 1]);
    if (plan.fetch[i].offset - begin < limit) gaps.push_back({begin, plan.fetch[i].offset - begin});
  }
  std::ranges::sort(gaps, {}, &ByteRange::length);
  auto budget = plan.to_fetch() / 16;
  RangeSet fetch(plan.fetch);
  for (const auto& gap : gaps) {
    if (gap.length > budget) break;
    budget -= gap.length;
    fetch.add(gap);
  }
  plan.fetch = fetch.ranges();
  plan.copies = cut_copies(plan.copies, fetch);
}

bool worth_it(const DeltaPlan& plan, std::uint64_t archive_size, const LinkEstimate& link, std::size_t connections) {
  const auto fetch = plan.to_fetch();
  const auto clearly_less = static_cast<std::uint64_t>(0.8 * static_cast<double>(archive_size));
  if (fetch > clearly_less) return false;
  const auto waits = seconds_to_fetch(0, plan.fetch.size(), link, connections);
  return waits < unfelt_seconds || seconds_to_fetch(fetch, plan.fetch.size(), link, connections) <
                                       seconds_to_fetch(clearly_less, 1, link, connections);
}

}  // namespace failover
