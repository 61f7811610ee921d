#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <stop_token>
#include <string_view>

#include <failover/error.hpp>
#include <failover/export.hpp>

namespace failover {

using Duration = std::chrono::nanoseconds;
using WallTime = std::chrono::system_clock::time_point;

/// A point in time by which work must have ended. Made once from a duration and handed down, so that retries and
/// nested calls share it.
class FAILOVER_EXPORT Deadline {
 public:
  using Clock = std::chrono::steady_clock;

  static Deadline never() noexcept { return Deadline(Clock::time_point::max()); }
  static Deadline after(Duration duration) noexcept;

  [[nodiscard]] bool is_never() const noexcept { return when_ == Clock::time_point::max(); }
  [[nodiscard]] bool passed() const noexcept { return !is_never() && Clock::now() >= when_; }
  /// Never negative; a very long time for never().
  [[nodiscard]] Duration remaining() const noexcept;
  /// Time left for poll(2): -1 for never, else milliseconds rounded up so that a wait does not end early.
  [[nodiscard]] int poll_timeout_ms() const noexcept;
  [[nodiscard]] Clock::time_point time() const noexcept { return when_; }
  [[nodiscard]] Deadline sooner(Deadline other) const noexcept { return when_ < other.when_ ? *this : other; }

 private:
  explicit Deadline(Clock::time_point when) noexcept : when_(when) {}
  Clock::time_point when_;
};

enum class Level { debug, info, warning, alarm };

/// Where long work tells how it goes. Called from any thread; implementations do not block and do not throw.
class FAILOVER_EXPORT Events {
 public:
  virtual ~Events() = default;
  /// @param done,total in the task's own unit (bytes, files); total 0 = not known.
  virtual void progress(std::string_view task, std::uint64_t done, std::uint64_t total) noexcept = 0;
  /// One sentence for a person.
  virtual void note(Level level, std::string_view sentence) noexcept = 0;
};

/// What everything that may block is given: until when, who may stop it, whom to tell. Does not own `events`.
struct FAILOVER_EXPORT Context {
  Deadline deadline = Deadline::never();
  std::stop_token stop;
  Events* events = nullptr;

  /// An error of kind timeout or cancelled once the work must end; called between steps.
  [[nodiscard]] Result<void> check() const;
  void progress(std::string_view task, std::uint64_t done, std::uint64_t total) const noexcept;
  void note(Level level, std::string_view sentence) const noexcept;
  /// The same context with a deadline that is at most `limit` away.
  [[nodiscard]] Context within(Duration limit) const;
};

}  // namespace failover
