#include "fetch/delta_beginnings.hpp"

#include <algorithm>
#include <array>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <map>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include <failover/context.hpp>
#include <failover/error.hpp>
#include <failover/source.hpp>

#include "core/file_io.hpp"
#include "fetch/delta.hpp"
#include "fetch/delta_base.hpp"
#include "fetch/delta_plan.hpp"
#include "fetch/metered_source.hpp"
#include "fetch/retry.hpp"
#include "fetch/shared_beginning.hpp"

namespace failover {

namespace {

constexpr std::size_t most_entries = 32;
constexpr std::size_t places_a_round = 8;
/// A shorter beginning is not worth a CRC-32 of the whole entry.
constexpr std::uint64_t smallest_beginning = std::uint64_t{64} * 1024;

/// The last block of a deflate stream says that it is the last one, which the longer stream's has no cause to: one bit
/// between bytes that agree, and no probe sees it. zlib ends a block after 16,384 symbols, which take less than this.
constexpr std::uint64_t last_block = std::uint64_t{64} * 1024;

/// @param shorter length of the shorter of two streams
/// @param agreed how far probes found them to be the same
std::uint64_t before_last_block(std::uint64_t shorter, std::uint64_t agreed) noexcept {
  return std::min(agreed, shorter - std::min(shorter, last_block));
}

struct Search {
  GrownEntry entry;
  SharedBeginning common;
  std::vector<std::uint64_t> places{};
};

using Windows = std::map<std::uint64_t, std::string>;  ///< offset in the object -> what is there

Result<Windows> look(const DeltaJob& job, const std::vector<ByteRange>& ranges, const Context& context) {
  return retrying(job.download.retries, context, [&]() -> Result<Windows> {
    std::string all;
    FO_TRY(job.source.read_ranges(
        job.object, ranges,
        [&](std::uint64_t, std::span<const std::byte> bytes) -> Result<void> {
          all.append(reinterpret_cast<const char*>(bytes.data()), bytes.size());
          return {};
        },
        context));
    if (all.size() != ranges.size() * SharedBeginning::window) {
      return fail(ErrorKind::protocol, "the source did not give all that was asked for");
    }
    Windows windows;
    for (std::size_t i = 0; i < ranges.size(); ++i) {
      windows.emplace(ranges[i].offset, all.substr(i * SharedBeginning::window, SharedBeginning::window));
    }
    return windows;
  });
}

Result<void> judge(Search& search, const Windows& windows, const DeltaBase& base) {
  std::array<std::byte, SharedBeginning::window> ours{};
  for (const auto place : search.places) {
    const auto count = FO_TRY(read_at(base.fd.get(), search.entry.from + place, ours));
    const auto theirs = windows.find(search.entry.to + place);
    search.common.saw(place, count == ours.size() && theirs != windows.end() &&
                                 std::ranges::equal(std::as_bytes(std::span(theirs->second)), ours));
  }
  return {};
}

}  // namespace

Result<std::vector<GrownEntry>> find_beginnings(const DeltaJob& job, const DeltaBase& base,
                                                const std::vector<GrownEntry>& grown, const LinkEstimate& link,
                                                const Context& context) {
  std::vector<Search> searches;
  for (const auto& entry : grown) {
    if (searches.size() < most_entries) searches.push_back({entry, SharedBeginning(entry.common)});
  }
  const auto began = Deadline::Clock::now();
  while (true) {
    std::vector<ByteRange> ranges;
    std::uint64_t open = 0;
    for (auto& search : searches) {
      search.places = search.common.next(places_a_round);
      if (!search.places.empty()) open += search.common.open();
      for (const auto place : search.places) ranges.push_back({search.entry.to + place, SharedBeginning::window});
    }
    const std::chrono::duration<double> spent = Deadline::Clock::now() - began;
    const auto worth = std::max(static_cast<double>(open) / link.bytes_per_second, unfelt_seconds);
    if (ranges.empty() || spent.count() > worth) break;
    std::ranges::sort(ranges, {}, &ByteRange::offset);
    const auto windows = FO_TRY(look(job, ranges, context));
    for (auto& search : searches) FO_TRY(judge(search, windows, base));
  }
  std::vector<GrownEntry> found;
  for (auto& search : searches) {
    search.entry.common = before_last_block(search.entry.common, search.common.agreed());
    if (search.entry.common >= smallest_beginning) found.push_back(search.entry);
  }
  return found;
}

}  // namespace failover
