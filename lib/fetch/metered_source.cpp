#include "fetch/metered_source.hpp"

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <mutex>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include <failover/context.hpp>
#include <failover/error.hpp>
#include <failover/source.hpp>

namespace failover {

namespace {

/// From here on it is the bandwidth that takes the time.
constexpr std::uint64_t large = std::uint64_t{256} * 1024;
constexpr double shortest_time = 1e-6;

class Stopwatch {
 public:
  [[nodiscard]] double seconds() const {
    return std::chrono::duration<double>(Deadline::Clock::now() - began_).count();
  }

 private:
  Deadline::Clock::time_point began_ = Deadline::Clock::now();
};

}  // namespace

void LinkMeter::saw(std::uint64_t bytes, double seconds) {
  bytes_ += bytes;
  const auto took = std::max(seconds, shortest_time);
  const std::lock_guard lock(mutex_);
  shortest_ = shortest_ > 0 ? std::min(shortest_, took) : took;
  if (bytes < large) return;
  large_bytes_ += bytes;
  large_seconds_ += took;
}

LinkEstimate LinkMeter::estimate(const Source& source) const {
  const std::lock_guard lock(mutex_);
  LinkEstimate estimate;
  estimate.ranges_per_wait = std::max<std::size_t>(source.ranges_per_wait(), 1);
  if (shortest_ > 0) estimate.latency = shortest_;
  if (large_seconds_ > 0) estimate.bytes_per_second = static_cast<double>(large_bytes_) / large_seconds_;
  return estimate;
}

MeteredSource::MeteredSource(std::unique_ptr<Source> source, std::shared_ptr<LinkMeter> meter) noexcept
    : source_(std::move(source)), meter_(std::move(meter)) {}

std::string MeteredSource::describe() const {
  return source_->describe();
}

Result<std::vector<ObjectInfo>> MeteredSource::list(const Context& context) {
  return source_->list(context);
}

Result<ObjectInfo> MeteredSource::stat(const std::string& path, const Context& context) {
  const Stopwatch watch;
  auto info = source_->stat(path, context);
  if (info) meter_->saw(0, watch.seconds());
  return info;
}

Result<std::size_t> MeteredSource::read(const ObjectInfo& object, std::uint64_t offset, std::span<std::byte> buffer,
                                        const Context& context) {
  const Stopwatch watch;
  auto count = source_->read(object, offset, buffer, context);
  // What was read ahead comes at once and says nothing of the way there; only whole ranges are timed.
  if (count) meter_->saw(*count, std::max(watch.seconds(), meter_->estimate(*source_).latency));
  return count;
}

Result<void> MeteredSource::read_ranges(const ObjectInfo& object, std::span<const ByteRange> ranges, const Sink& sink,
                                        const Context& context) {
  const Stopwatch watch;
  std::uint64_t bytes = 0;
  auto done = source_->read_ranges(
      object, ranges,
      [&](std::uint64_t offset, std::span<const std::byte> part) {
        bytes += part.size();
        return sink(offset, part);
      },
      context);
  meter_->saw(bytes, watch.seconds());
  return done;
}

std::size_t MeteredSource::ranges_per_wait() const noexcept {
  return source_->ranges_per_wait();
}

Result<std::unique_ptr<Source>> MeteredSource::another() const {
  auto source = FO_TRY(source_->another());
  return std::make_unique<MeteredSource>(std::move(source), meter_);
}

}  // namespace failover
