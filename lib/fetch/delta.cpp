#include "fetch/delta.hpp"

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <expected>
#include <functional>
#include <mutex>
#include <optional>
#include <span>
#include <stop_token>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include <failover/context.hpp>
#include <failover/error.hpp>
#include <failover/source.hpp>

#include "archive/archive_entry.hpp"
#include "archive/entry_reader.hpp"
#include "archive/proven_entries.hpp"
#include "core/clock.hpp"
#include "fetch/archive_end.hpp"
#include "fetch/delta_base.hpp"
#include "fetch/delta_beginnings.hpp"
#include "fetch/delta_index.hpp"
#include "fetch/delta_plan.hpp"
#include "fetch/download.hpp"
#include "fetch/part_map.hpp"
#include "fetch/partial.hpp"
#include "state/backup_sidecar.hpp"

namespace failover {

namespace {

/// So many local headers tell what all of them would take; more where they wait together.
constexpr std::size_t sample_headers = 64;
/// Where a packer's blocks are longer than zlib's (before_last_block()); they seldom take more than this.
constexpr std::uint64_t most_of_a_block = std::uint64_t{256} * 1024;

Result<PackedIndex> index_in(const DeltaJob& job, const ArchiveIndex& index, const Context& context) {
  PartWriter writer(job.partial, Origin::fetched);
  FO_TRY(writer.write(index.offset, std::as_bytes(std::span(index.bytes))));
  FO_TRY(writer.flush());
  return read_packed_index(job.partial.fd(), job.object.size, context);
}

/// Copying and fetching at the same time, each on a thread of its own where several connections are allowed.
Result<bool> copy_and_fetch(const DeltaJob& job, const Delta& delta, const Context& context) {
  if (job.download.connections == 1) {
    const auto good = FO_TRY(copy_from(delta.base, delta.plan.copies, job.partial, context));
    FO_TRY(download(job.source, job.object, job.partial, delta.plan.fetch, job.download, context));
    return good;
  }
  std::stop_source stop;
  const std::stop_callback link(context.stop, [&stop] { stop.request_stop(); });
  Context both = context;
  both.stop = stop.get_token();
  Result<bool> copied = false;
  {
    const std::jthread copying([&] {
      copied = copy_from(delta.base, delta.plan.copies, job.partial, both);
      if (!copied) stop.request_stop();
    });
    const auto fetched = download(job.source, job.object, job.partial, delta.plan.fetch, job.download, both);
    if (!fetched && (fetched.error().kind != ErrorKind::cancelled || context.stop.stop_requested())) {
      stop.request_stop();
      return std::unexpected(fetched.error());
    }
  }
  return copied;
}

/// property effect: what was put together from two must have the CRC-32 that the new archive states.
Result<bool> is_right(const PackedEntry& packed, std::uint64_t data, int fd, EntryReader& reader,
                      const Context& context) {
  ArchiveEntry entry;
  entry.path = packed.name;
  entry.place.method = packed.method;
  entry.crc = packed.crc;
  entry.place.packed = packed.compressed;
  entry.size = packed.size;
  entry.place.offset = data;
  const auto read = reader.read(fd, entry, [](std::span<const std::byte>) { return Result<void>(); }, context);
  if (!read && read.error().kind != ErrorKind::integrity) return std::unexpected(read.error());
  return read.has_value();
}

/// Those whose entry does not have the CRC-32 that the new archive states. Shared out between two threads.
Result<std::vector<GrownEntry>> wrong_of(std::span<const GrownEntry> begun, const DeltaJob& job, const Delta& delta,
                                         const Context& context) {
  std::mutex mutex;
  std::size_t next = 0;
  std::vector<GrownEntry> wrong;
  Result<void> failed;
  const auto look = [&] {
    EntryReader reader;
    std::unique_lock lock(mutex);
    while (next < begun.size() && failed) {
      const auto& entry = begun[next++];
      lock.unlock();
      const auto right = is_right(delta.theirs.entries[entry.entry], entry.to, job.partial.fd(), reader, context);
      lock.lock();
      if (!right) failed = std::unexpected(right.error());
      if (right && !*right) wrong.push_back(entry);
    }
  };
  {
    const std::jthread other(look);
    look();
  }
  FO_TRY(std::move(failed));
  std::ranges::sort(wrong, {}, &GrownEntry::to);
  return wrong;
}

Result<void> fetch_anew(const DeltaJob& job, const std::vector<ByteRange>& ranges, const Context& context) {
  FO_TRY(job.partial.forget(ranges));
  FO_TRY(download(job.source, job.object, job.partial, job.download, context));
  return {};
}

/// Those that are right as they were put together.
Result<std::vector<GrownEntry>> prove_beginnings(const DeltaJob& job, const Delta& delta, const Context& context) {
  auto right = delta.begun;
  if (right.empty()) return right;
  auto wrong = FO_TRY(wrong_of(right, job, delta, context));
  if (wrong.empty()) return right;
  std::vector<ByteRange> last_blocks;
  for (const auto& entry : wrong) {
    const auto length = std::min(entry.common, most_of_a_block);
    last_blocks.push_back({entry.to + entry.common - length, length});
  }
  FO_TRY(fetch_anew(job, last_blocks, context));
  wrong = FO_TRY(wrong_of(wrong, job, delta, context));
  if (wrong.empty()) return right;
  std::vector<ByteRange> whole;
  for (const auto& grown : wrong) {
    const auto& entry = delta.theirs.entries[grown.entry];
    context.note(Level::info, entry.name + " does not go on as it began; fetching all of it");
    whole.push_back({entry.begin, entry.span()});
    std::erase_if(right, [&](const GrownEntry& other) { return other.entry == grown.entry; });
  }
  FO_TRY(fetch_anew(job, whole, context));
  return right;
}

}  // namespace

Result<std::optional<Delta>> prepare_delta(const DeltaJob& job, const ArchiveIndex& index,
                                           std::span<const StoredBackup> stored, const std::string& source,
                                           std::string& reason, const Context& context) {
  if (index.bytes.empty()) {
    reason = "it has no central directory, or one that is too large to be compared";
    return std::nullopt;
  }
  auto base = open_delta_base(stored, source, context);
  if (!base) {
    reason = "no backup is here to take unchanged entries from";
    return std::nullopt;
  }
  auto theirs = index_in(job, index, context);
  if (!theirs) {
    if (theirs.error().kind != ErrorKind::integrity) return std::unexpected(theirs.error());
    reason = "its entries cannot be taken one by one: " + theirs.error().message;
    return std::nullopt;
  }
  Delta delta{std::move(*base), std::move(*theirs), {}, {}};
  delta.plan = plan_delta(delta.theirs, delta.base.index);
  const auto link = job.meter.estimate(job.source);
  if (!delta.plan.grown.empty()) {
    delta.begun = FO_TRY(find_beginnings(job, delta.base, delta.plan.grown, link, context));
    use_beginnings(delta.plan, delta.begun);
  }
  coalesce(delta.plan, link);
  const auto fetch = delta.plan.to_fetch();
  if (!worth_it(delta.plan, job.object.size, link, job.download.connections)) {
    reason = fmt::format("{} of {} in {} places differ from {}: all of it comes sooner", human_size(fetch),
                         human_size(job.object.size), delta.plan.fetch.size(), delta.base.path.filename().string());
    return std::nullopt;
  }
  return delta;
}

Result<ProvenEntries> apply_delta(const DeltaJob& job, const Delta& delta, std::vector<std::string>& warnings,
                                  const Context& context) {
  ProvenEntries proven(delta.base.fd.get());
  if (FO_TRY(copy_and_fetch(job, delta, context))) {
    add_entries(delta.base, proven);
  } else {
    warnings.push_back(delta.base.path.string() +
                       " is no longer what was verified; nothing was taken from it: check "
                       "the disk");
    FO_TRY(job.partial.forget_copied());
  }
  FO_TRY(download(job.source, job.object, job.partial, job.download, context));
  for (const auto& grown : FO_TRY(prove_beginnings(job, delta, context))) {
    const auto& entry = delta.theirs.entries[grown.entry];
    proven.add_unpacked({grown.to, entry.compressed, entry.method}, entry.size, entry.crc);
  }
  return proven;
}

Result<bool> fetch_unproved(const DeltaJob& job, const Delta& delta, const Context& context) {
  const auto& all = delta.plan.unproved;
  const auto link = job.meter.estimate(job.source);
  const std::span sample(all.data(), std::min(all.size(), std::max(sample_headers, link.ranges_per_wait)));
  // Over one connection: how long others take to be made says nothing of the rest.
  auto alone = job.download;
  alone.connections = 1;
  const auto began = Deadline::Clock::now();
  FO_TRY(job.partial.forget(sample));
  FO_TRY(download(job.source, job.object, job.partial, sample, alone, context));
  const std::chrono::duration<double> took = Deadline::Clock::now() - began;
  const auto shares = static_cast<double>(all.size()) / static_cast<double>(sample.size() * job.download.connections);
  const auto everything = std::max(seconds_to_fetch(job.object.size, 1, link, 1), unfelt_seconds);
  if (all.size() > sample.size() && took.count() * shares > everything) return false;
  FO_TRY(job.partial.forget(all));
  FO_TRY(download(job.source, job.object, job.partial, job.download, context));
  return true;
}

}  // namespace failover
