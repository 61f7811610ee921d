#include "archive/unpack_order.hpp"

#include <algorithm>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <mutex>
#include <optional>
#include <stop_token>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include <failover/context.hpp>
#include <failover/error.hpp>
#include <failover/restorer.hpp>

#include "archive/archive_entry.hpp"
#include "archive/archive_format.hpp"
#include "archive/entry_record.hpp"
#include "archive/proven_entries.hpp"
#include "archive/share_out.hpp"
#include "archive/unpack_worker.hpp"
#include "core/secret.hpp"

namespace failover {

namespace {

/// Making a file costs about as much as unpacking so many bytes.
constexpr std::uint64_t cost_of_a_file = std::uint64_t{32} * 1024;
constexpr std::size_t portion_size = std::size_t{256} * 1024;

/// What a worker may use that does so many jobs.
UnpackSetup setup_for(const UnpackOrder& order, std::size_t jobs, std::uint64_t bytes, std::uint64_t largest) {
  constexpr std::uint64_t own_memory = std::uint64_t{768} * 1024 * 1024;
  constexpr std::uint64_t memory_for_a_job = std::uint64_t{5} * 1024;
  constexpr std::uint64_t own_seconds = 300;
  constexpr std::uint64_t slowest = 1'000'000;  // bytes a second of CPU
  // A stream is unpacked as a whole, whatever of it is wanted.
  const auto work = order.listing.format == ArchiveFormat::zip ? bytes : order.listing.summary.bytes;
  return {.archive = order.archive,
          .folders = order.folders,
          .memory = own_memory + jobs * memory_for_a_job,
          .cpu_s = own_seconds + work / slowest,
          .file_size = largest,
          .password = order.password};
}

/// The records of a worker's jobs, in portions.
class Records {
 public:
  void add(const UnpackTask& task) {
    if (portions_.back().size() > portion_size) portions_.emplace_back();
    append_job(portions_.back(), *task.entry, task.folder, task.slot);
  }
  [[nodiscard]] const std::vector<std::string>& portions() const noexcept { return portions_; }

 private:
  std::vector<std::string> portions_ = std::vector<std::string>(1);
};

std::vector<std::uint64_t> costs_of(const std::vector<UnpackTask>& tasks) {
  std::vector<std::uint64_t> costs;
  costs.reserve(tasks.size());
  for (const auto& task : tasks) costs.push_back(task.entry->size + task.entry->place.packed + cost_of_a_file);
  return costs;
}

/// The workers of one order, each with its thread: the first error stops them all.
class Unpacking {
 public:
  Unpacking(const UnpackOrder& order, const Context& context) : order_(order), context_(context) {
    for (const auto& task : order.tasks) total_ += task.entry->size;
  }

  Result<void> run() {
    const auto cores =
        order_.listing.format == ArchiveFormat::zip ? std::max(std::thread::hardware_concurrency(), 1U) : 1U;
    const auto shares = share_out(costs_of(order_.tasks), cores);
    const std::stop_callback on_stop(context_.stop, [this] { stop_.request_stop(); });
    {
      std::vector<std::jthread> threads;
      threads.reserve(shares.size());
      for (const auto& share : shares) threads.emplace_back([this, &share] { work(share); });
    }
    if (error_) return std::unexpected(std::move(*error_));
    return {};
  }

 private:
  void work(const std::vector<std::size_t>& share) {
    const auto done = one(share);
    if (done) return;
    const std::scoped_lock lock(mutex_);
    if (!error_) error_ = done.error();
    stop_.request_stop();
  }

  Result<void> one(const std::vector<std::size_t>& share) {
    Context own = context_;
    own.stop = stop_.get_token();
    std::uint64_t bytes = 0;
    std::uint64_t largest = 0;
    Records records;
    for (const auto place : share) {
      const auto& task = order_.tasks[place];
      records.add(task);
      bytes += task.entry->size;
      if (task.folder != no_folder) largest = std::max(largest, task.entry->size);
    }
    auto worker = FO_TRY(UnpackWorker::start(setup_for(order_, share.size(), bytes, largest), own));
    std::uint64_t told = 0;
    const auto on_bytes = [&](std::uint64_t now) {
      if (now < told) return;
      done_ += now - std::exchange(told, now);
      context_.progress(order_.name, std::min(done_.load(), total_), total_);
    };
    return worker.unpack(order_.listing.format, records.portions(), on_bytes, own);
  }

  const UnpackOrder& order_;
  const Context& context_;
  std::uint64_t total_ = 0;
  std::atomic<std::uint64_t> done_ = 0;
  std::stop_source stop_;
  std::mutex mutex_;
  std::optional<Error> error_;
};

/// Those that must be unpacked after all.
Result<std::vector<UnpackTask>> unlike_of(const std::vector<const ArchiveEntry*>& alike, const UnpackOrder& order,
                                          ProvenEntries* proven, const Context& context) {
  std::uint64_t total = 0;
  for (const auto* entry : alike) total += entry->place.packed;
  std::vector<UnpackTask> unlike;
  std::uint64_t done = 0;
  for (const auto* entry : alike) {
    if (!FO_TRY(proven->has(order.archive, *entry, context))) unlike.push_back({entry});
    done += entry->place.packed;
    context.progress(order.name, done, total);
  }
  return unlike;
}

}  // namespace

Result<void> unpack_entries(const UnpackOrder& order, const Context& context) {
  FO_TRY(context.check());
  return Unpacking(order, context).run();
}

Result<BackupContents> inspect_entries(int archive, const ArchiveListing& listing, const Secret* password,
                                       const Context& context) {
  FO_TRY(context.check());
  const UnpackOrder order{.name = "inspect", .archive = archive, .listing = listing, .password = password};
  Records records;
  std::size_t files = 0;
  std::uint64_t bytes = 0;
  for (const auto& entry : listing.entries) {
    if (entry.kind != EntryKind::file) continue;
    records.add({&entry});
    bytes += entry.size;
    ++files;
  }
  auto worker = FO_TRY(UnpackWorker::start(setup_for(order, files, bytes, 0), context));
  const auto on_bytes = [&](std::uint64_t now) { context.progress(order.name, now, 0); };
  return worker.inspect(listing.format, records.portions(), on_bytes, context);
}

Result<std::uint64_t> verify_entries(int archive, const ArchiveListing& listing, ProvenEntries* proven,
                                     const Context& context) {
  if (listing.format != ArchiveFormat::zip) return 0;
  UnpackOrder order{.name = "verify", .archive = archive, .listing = listing};
  std::vector<const ArchiveEntry*> alike;
  for (const auto& entry : listing.entries) {
    if (entry.is_directory() || (proven != nullptr && proven->was_unpacked(entry))) continue;
    if (proven != nullptr && proven->resembles(entry)) {
      alike.push_back(&entry);
    } else {
      order.tasks.push_back({&entry});
    }
  }
  Context silent = context;
  if (!alike.empty()) silent.events = nullptr;  // one progress at a time
  Result<void> unpacked;
  Result<std::vector<UnpackTask>> unlike;
  {
    const std::jthread unpacking([&] { unpacked = unpack_entries(order, silent); });
    unlike = unlike_of(alike, order, proven, context);
  }
  FO_TRY(std::move(unpacked));
  order.tasks = FO_TRY(std::move(unlike));
  FO_TRY(unpack_entries(order, context));
  return alike.size() - order.tasks.size();
}

}  // namespace failover
