#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <mutex>
#include <span>
#include <string>
#include <vector>

#include <failover/context.hpp>
#include <failover/error.hpp>
#include <failover/source.hpp>

namespace failover {

/// What the way to a store is like, as far as it was seen; on the cautious side where it was not.
struct LinkEstimate {
  double latency = 0.001;  ///< seconds until the first byte of an answer
  double bytes_per_second = 1e8;
  std::size_t ranges_per_wait = 1;  ///< Source::ranges_per_wait()
};

/// How much came from a store over all connections, and how fast. Any thread.
class LinkMeter {
 public:
  void saw(std::uint64_t bytes, double seconds);
  [[nodiscard]] std::uint64_t bytes() const noexcept { return bytes_.load(); }
  /// @param source over which it is measured
  [[nodiscard]] LinkEstimate estimate(const Source& source) const;

 private:
  std::atomic<std::uint64_t> bytes_{0};
  mutable std::mutex mutex_;
  double shortest_ = 0;
  std::uint64_t large_bytes_ = 0;
  double large_seconds_ = 0;
};

/// A source whose traffic, and that of its further connections, is measured.
class MeteredSource final : public Source {
 public:
  MeteredSource(std::unique_ptr<Source> source, std::shared_ptr<LinkMeter> meter) noexcept;

  [[nodiscard]] std::string describe() const override;
  Result<std::vector<ObjectInfo>> list(const Context& context) override;
  Result<ObjectInfo> stat(const std::string& path, const Context& context) override;
  Result<std::size_t> read(const ObjectInfo& object, std::uint64_t offset, std::span<std::byte> buffer,
                           const Context& context) override;
  Result<void> read_ranges(const ObjectInfo& object, std::span<const ByteRange> ranges, const Sink& sink,
                           const Context& context) override;
  [[nodiscard]] std::size_t ranges_per_wait() const noexcept override;
  [[nodiscard]] Result<std::unique_ptr<Source>> another() const override;

 private:
  std::unique_ptr<Source> source_;
  std::shared_ptr<LinkMeter> meter_;
};

}  // namespace failover
