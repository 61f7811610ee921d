#include "fetch/download.hpp"

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include <failover/context.hpp>
#include <failover/error.hpp>
#include <failover/source.hpp>

#include "fetch/partial.hpp"
#include "fetch/pause.hpp"
#include "fetch/retry.hpp"
#include "fetch/survey.hpp"

namespace failover {

namespace {

// What libssh2 is handed decides how far it reads ahead: 4 MiB is three times as fast as sftp(1) at 30 ms.
constexpr std::uint64_t largest_read = 4ULL * 1024 * 1024;
constexpr std::uint64_t smallest_read = 16ULL * 1024;

/// Keeps the average since its making below a rate.
class Pace {
 public:
  explicit Pace(std::optional<std::uint64_t> rate) noexcept : rate_(rate), began_(Deadline::Clock::now()) {}

  [[nodiscard]] std::size_t read_size() const noexcept {
    if (!rate_) return largest_read;
    return static_cast<std::size_t>(std::clamp(*rate_ / 8, smallest_read, largest_read));
  }

  Result<void> after(std::size_t count, const Context& context) {
    bytes_ += count;
    if (!rate_) return {};
    const std::chrono::duration<double> due(static_cast<double>(bytes_) / static_cast<double>(*rate_));
    const auto wait = began_ + std::chrono::duration_cast<Duration>(due) - Deadline::Clock::now();
    return wait > Duration::zero() ? pause_for(wait, context) : Result<void>{};
  }

 private:
  std::optional<std::uint64_t> rate_;
  Deadline::Clock::time_point began_;
  std::uint64_t bytes_ = 0;
};

Result<void> still_the_same(Source& source, const ObjectInfo& object, unsigned retries, const Context& context) {
  const auto now = retrying(retries, context, [&] { return source.stat(object.path, context); });
  if (now && same_object(*now, object)) return {};
  if (!now && now.error().kind != ErrorKind::not_found) return std::unexpected(now.error());
  return fail(ErrorKind::conflict, object.name + " was replaced or written to while it was downloaded");
}

}  // namespace

Result<void> download(Source& source, const ObjectInfo& object, Partial& partial, const DownloadOptions& options,
                      const Context& context) {
  Pace pace(options.limit_rate);
  std::vector<std::byte> buffer(pace.read_size());
  const std::string task = "fetching " + object.name;
  unsigned failures = 0;
  while (partial.size() < object.size) {
    FO_TRY(context.check());
    context.progress(task, partial.size(), object.size);
    const auto room = std::min<std::uint64_t>(buffer.size(), object.size - partial.size());
    const auto part = std::span(buffer).first(static_cast<std::size_t>(room));
    const auto count = source.read(object, partial.size(), part, context);
    if (!count) {
      FO_TRY(before_next_try(count.error(), ++failures, options.retries, context));
      FO_TRY(still_the_same(source, object, options.retries, context));
      continue;
    }
    if (*count == 0) return fail(ErrorKind::conflict, object.name + " became shorter while it was downloaded");
    failures = 0;
    FO_TRY(partial.append(part.first(*count)));
    FO_TRY(pace.after(*count, context));
  }
  context.progress(task, partial.size(), object.size);
  return still_the_same(source, object, options.retries, context);
}

}  // namespace failover
