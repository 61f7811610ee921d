#include "fetch/download_crew.hpp"

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <mutex>
#include <span>
#include <stop_token>
#include <thread>
#include <utility>
#include <vector>

#include <failover/context.hpp>
#include <failover/error.hpp>
#include <failover/source.hpp>

#include "fetch/download.hpp"
#include "fetch/part_map.hpp"
#include "fetch/partial.hpp"
#include "fetch/range_set.hpp"
#include "fetch/retry.hpp"
#include "fetch/survey.hpp"

namespace failover {

namespace {

constexpr std::uint64_t mebibyte = std::uint64_t{1024} * 1024;
constexpr std::uint64_t first_batch = 4 * mebibyte;
constexpr std::uint64_t largest_batch = 64 * mebibyte;
/// The pause of one round trip between two batches should not be felt.
constexpr double batch_seconds = 2.0;

}  // namespace

DownloadCrew::DownloadCrew(const ObjectInfo& object, Partial& partial, std::span<const ByteRange> missing,
                           std::size_t workers, const DownloadOptions& options, const Context& context)
    : object_(object),
      partial_(partial),
      options_(options),
      outer_(context),
      context_(context),
      workers_(workers),
      queue_(missing, workers),
      bucket_(options.limit_rate),
      task_("fetching " + object.name),
      present_before_(partial.present()) {
  context_.stop = stop_.get_token();
}

Result<void> DownloadCrew::run(Source& first, std::span<const std::unique_ptr<Source>> others) {
  const std::stop_callback link(outer_.stop, [this] { stop_.request_stop(); });
  show_progress(0);
  Worker mine{0, first};
  {
    std::vector<std::jthread> threads;
    for (const auto& source : others) {
      threads.emplace_back([this, &source, index = threads.size() + 1] {
        Worker worker{index, *source};
        if (auto done = work(worker); !done) fail_all(std::move(done).error());
      });
    }
    if (auto done = work(mine); !done) fail_all(std::move(done).error());
  }
  // What a connection that was given up left undone.
  if (!error_ && queue_.left() > 0) {
    if (auto done = work(mine); !done) fail_all(std::move(done).error());
  }
  if (error_) return std::unexpected(*error_);
  return {};
}

void DownloadCrew::fail_all(Error error) {
  const std::lock_guard lock(mutex_);
  if (!error_) error_ = std::move(error);
  stop_.request_stop();
}

void DownloadCrew::show_progress(std::uint64_t more) {
  const std::lock_guard lock(mutex_);
  const auto fetched = fetched_ += more;
  context_.progress(task_, present_before_ + fetched, object_.size);
}

std::uint64_t DownloadCrew::batch_size(const Worker& worker) const {
  const auto by_rate = worker.rate > 0 ? static_cast<std::uint64_t>(worker.rate * batch_seconds) : first_batch;
  // Towards the end smaller ones, so that all are through at about the same time; one alone waits for nobody.
  const auto share = workers_ == 1 ? largest_batch : std::max(mebibyte, queue_.left() / (2 * workers_));
  return bucket_.portion(std::min(std::clamp(by_rate, mebibyte, largest_batch), share));
}

Result<void> DownloadCrew::work(Worker& worker) {
  PartWriter writer(partial_, Origin::fetched);
  while (true) {
    FO_TRY(context_.check());
    const auto batch = queue_.take(worker.index, batch_size(worker));
    if (batch.empty()) return {};
    const auto done = bring(worker, batch, writer);
    if (done) continue;
    if (can_do_without(worker, done.error())) {
      context_.note(Level::debug, "going on with fewer connections: " + done.error().message);
      return {};
    }
    FO_TRY(after_failure(worker, done.error()));
  }
}

Result<void> DownloadCrew::bring(Worker& worker, std::span<const ByteRange> batch, PartWriter& writer) {
  RangeSet rest(batch);
  if (auto paid = bucket_.pay(bytes_of(batch), context_); !paid) {
    queue_.give_back(worker.index, batch);
    return paid;
  }
  const auto began = Deadline::Clock::now();
  const auto sink = [&](std::uint64_t offset, std::span<const std::byte> bytes) -> Result<void> {
    FO_TRY(context_.check());
    FO_TRY(writer.write(offset, bytes));
    rest.remove({offset, bytes.size()});
    worker.failures = 0;
    worker.ever = true;
    show_progress(bytes.size());
    return {};
  };
  auto done = worker.source.read_ranges(object_, batch, sink, context_);
  const auto flushed = writer.flush();
  if (done && !rest.empty()) done = fail(ErrorKind::protocol, "the source did not give all that was asked for");
  if (!flushed) return flushed;
  if (!done) {
    queue_.give_back(worker.index, rest.ranges());
    return done;
  }
  const std::chrono::duration<double> took = Deadline::Clock::now() - began;
  const auto rate = static_cast<double>(bytes_of(batch)) / std::max(took.count(), 1e-4);
  worker.rate = worker.rate > 0 ? (worker.rate + rate) / 2 : rate;
  return {};
}

bool DownloadCrew::can_do_without(const Worker& worker, const Error& error) const {
  // Many servers allow so many connections, or log-ins, and no more.
  if (worker.index == 0 || worker.ever || context_.stop.stop_requested()) return false;
  return worth_a_retry(error) || error.kind == ErrorKind::permission || error.kind == ErrorKind::refused ||
         error.kind == ErrorKind::protocol;
}

Result<void> DownloadCrew::after_failure(Worker& worker, const Error& error) {
  FO_TRY(before_next_try(error, ++worker.failures, options_.retries, context_));
  return still_the_same(worker.source, object_, options_.retries, context_);
}

}  // namespace failover
