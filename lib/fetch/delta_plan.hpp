#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include <failover/source.hpp>

#include "fetch/delta_index.hpp"
#include "fetch/metered_source.hpp"

namespace failover {

/// So long nobody minds; there is no sense in comparing what a busy host makes of less.
constexpr double unfelt_seconds = 0.25;

/// Bytes of the base that go into the new archive.
struct CopyPart {
  std::uint64_t from = 0;
  std::uint64_t to = 0;
  std::uint64_t length = 0;
};

/// An entry of both archives whose content changed: its packed bytes may begin as the old ones do, as those of a
/// database dump that only grew.
struct GrownEntry {
  std::uint64_t from = 0;    ///< of the packed bytes in the base
  std::uint64_t to = 0;      ///< where they belong, if the local header is as long as it should be
  std::uint64_t common = 0;  ///< at most so many can be the same
  std::size_t entry = 0;     ///< in the new index
};

/// How to put the new archive together from a base and what is fetched. Pure.
struct DeltaPlan {
  std::vector<CopyPart> copies;     ///< ascending in `to`
  std::vector<ByteRange> fetch;     ///< ascending; with the copies all of the archive but its directory
  std::vector<ByteRange> unproved;  ///< copied bytes that the central directory does not vouch for: local headers
  std::vector<GrownEntry> grown;    ///< worth a look, largest first

  [[nodiscard]] std::uint64_t to_fetch() const noexcept;
};

/// Takes every entry whose name, CRC-32, sizes and method agree; the local header too where nothing tells that it
/// differs, else it is fetched anew.
/// @param ours with PackedEntry::data
DeltaPlan plan_delta(const PackedIndex& theirs, const PackedIndex& ours);

/// The bytes of `known` beginnings need not be fetched. @param known GrownEntry::common is how much is the same
void use_beginnings(DeltaPlan& plan, const std::vector<GrownEntry>& known);

/// What fetching takes: each range its share of a wait, and the line is one for all connections.
double seconds_to_fetch(std::uint64_t bytes, std::size_t ranges, const LinkEstimate& link, std::size_t connections);

/// Fetches what lies in gaps that are shorter than what the line carries while a range waits, the shortest first, until
/// a sixteenth more would be fetched; and takes it out of the copies.
void coalesce(DeltaPlan& plan, const LinkEstimate& link);

/// Whether it takes clearly less time than fetching everything.
bool worth_it(const DeltaPlan& plan, std::uint64_t archive_size, const LinkEstimate& link, std::size_t connections);

}  // namespace failover
