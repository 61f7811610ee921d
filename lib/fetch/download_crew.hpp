#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <mutex>
#include <optional>
#include <span>
#include <stop_token>
#include <string>
#include <vector>

#include <failover/context.hpp>
#include <failover/error.hpp>
#include <failover/source.hpp>

#include "fetch/download.hpp"
#include "fetch/partial.hpp"
#include "fetch/token_bucket.hpp"
#include "fetch/work_queue.hpp"

namespace failover {

/// The threads of one download: one per connection, the calling thread among them, all on one queue.
class DownloadCrew {
 public:
  DownloadCrew(const ObjectInfo& object, Partial& partial, std::span<const ByteRange> missing, std::size_t workers,
               const DownloadOptions& options, const Context& context);
  /// Until everything is there, or somebody failed for good.
  Result<void> run(Source& first, std::span<const std::unique_ptr<Source>> others);
  [[nodiscard]] std::uint64_t fetched() const noexcept { return fetched_.load(); }

 private:
  /// One connection and how it does.
  struct Worker {
    std::size_t index = 0;
    Source& source;
    unsigned failures = 0;  ///< in a row without a byte
    bool ever = false;      ///< it has brought something
    double rate = 0;        ///< bytes a second, of late
  };

  Result<void> work(Worker& worker);
  Result<void> bring(Worker& worker, std::span<const ByteRange> batch, PartWriter& writer);
  Result<void> after_failure(Worker& worker, const Error& error);
  [[nodiscard]] bool can_do_without(const Worker& worker, const Error& error) const;
  [[nodiscard]] std::uint64_t batch_size(const Worker& worker) const;
  void fail_all(Error error);
  void show_progress(std::uint64_t more);

  const ObjectInfo& object_;
  Partial& partial_;
  const DownloadOptions& options_;
  const Context& outer_;
  std::stop_source stop_;
  Context context_;
  std::size_t workers_;
  WorkQueue queue_;
  TokenBucket bucket_;
  std::string task_;
  std::atomic<std::uint64_t> fetched_{0};
  std::uint64_t present_before_;
  std::mutex mutex_;
  std::optional<Error> error_;  ///< the first that ends the whole
};

}  // namespace failover
