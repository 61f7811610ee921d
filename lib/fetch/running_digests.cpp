#include "fetch/running_digests.hpp"

#include <algorithm>
#include <chrono>
#include <condition_variable>
#include <cstddef>
#include <cstdint>
#include <mutex>
#include <span>
#include <stop_token>
#include <string_view>
#include <thread>
#include <utility>

#include <failover/context.hpp>
#include <failover/error.hpp>
#include <failover/source.hpp>

#include "core/file_io.hpp"
#include "fetch/digest.hpp"
#include "fetch/partial.hpp"

namespace failover {

namespace {

constexpr std::size_t read_size = std::size_t{1024} * 1024;
constexpr std::chrono::milliseconds between_looks{50};

}  // namespace

RunningDigests::RunningDigests(const Partial& partial, std::span<const StoreDigest> stores)
    : partial_(partial), stores_(stores.begin(), stores.end()), digests_(stores), buffer_(read_size) {
  forgotten_ = partial.front().forgotten;
  thread_ = std::jthread([this](const std::stop_token& stop) { follow(stop); });
}

void RunningDigests::begin_anew() {
  digests_ = BlockDigests(stores_);
  done_ = 0;
}

void RunningDigests::follow(const std::stop_token& stop) {
  Context context;
  context.stop = stop;
  std::mutex mutex;
  std::condition_variable_any wake;
  std::unique_lock lock(mutex);
  while (!stop.stop_requested()) {
    // What cannot be read now, of_all() reads again and tells.
    if (!read_on({}, context)) return;
    wake.wait_for(lock, stop, between_looks, [] { return false; });
  }
}

Result<void> RunningDigests::read_on(std::string_view task, const Context& context) {
  while (true) {
    FO_TRY(context.check());
    const auto front = partial_.front();
    // Looked at after the last byte was read, too: it may have been one that was forgotten.
    if (std::exchange(forgotten_, front.forgotten) != front.forgotten) begin_anew();
    if (done_ >= front.bytes) return {};
    context.progress(task, done_, partial_.size());
    const auto want = static_cast<std::size_t>(std::min<std::uint64_t>(buffer_.size(), front.bytes - done_));
    const auto count = FO_TRY(while_doing("reading " + partial_.path().string(),
                                          read_at(partial_.fd(), done_, std::span(buffer_).first(want))));
    if (count == 0) return fail(ErrorKind::integrity, partial_.path().string() + " is shorter than what was written");
    digests_.add(std::span(buffer_).first(count));
    done_ += count;
  }
}

Result<FileDigests> RunningDigests::of_all(std::string_view task, const Context& context) {
  thread_.request_stop();
  if (thread_.joinable()) thread_.join();
  FO_TRY(read_on(task, context));
  if (done_ != partial_.size()) return fail(ErrorKind::internal, "digests of a file with holes");
  auto digests = digests_.finish();
  begin_anew();
  return digests;
}

}  // namespace failover
