#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <span>
#include <stop_token>
#include <string_view>
#include <thread>
#include <vector>

#include <failover/context.hpp>
#include <failover/error.hpp>
#include <failover/source.hpp>

#include "fetch/digest.hpp"
#include "fetch/partial.hpp"

namespace failover {

/// The digests of a partial file while it fills: a thread of its own reads back from the file what is there without a
/// gap from the beginning on, so that little is left to read when the last byte comes. Bytes that were forgotten
/// meanwhile are read anew.
class RunningDigests {
 public:
  /// @param partial must outlive it
  RunningDigests(const Partial& partial, std::span<const StoreDigest> stores);
  RunningDigests(const RunningDigests&) = delete;
  RunningDigests& operator=(const RunningDigests&) = delete;

  /// Of all bytes, which must be there and stay as they are while it reads. The thread ends with it.
  Result<FileDigests> of_all(std::string_view task, const Context& context);
  /// How far the thread has read.
  [[nodiscard]] std::uint64_t read_so_far() const noexcept { return done_.load(); }

 private:
  void follow(const std::stop_token& stop);
  /// As far as the bytes are there.
  Result<void> read_on(std::string_view task, const Context& context);
  void begin_anew();

  const Partial& partial_;
  std::vector<StoreDigest> stores_;
  BlockDigests digests_;
  std::uint64_t forgotten_ = 0;  ///< of the partial file when the first byte was read
  std::atomic<std::uint64_t> done_{0};
  std::vector<std::byte> buffer_;
  std::jthread thread_;
};

}  // namespace failover
