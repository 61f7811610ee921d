#pragma once

#include <cstddef>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include <failover/context.hpp>
#include <failover/error.hpp>

#include "core/secret.hpp"
#include "core/spawn.hpp"
#include "core/worker_frame.hpp"

namespace failover {

/// A running program of libexec/failover: it does what blocks without a deadline, is not thread-safe, or has a licence
/// of its own. It is asked by frames on its stdin and answers on its stdout. Destroying the Worker ends it and all its
/// process group; it ends by itself when we are gone. Used by one thread at a time.
class Worker {
 public:
  /// An error of kind config when the program is not there.
  /// @param arguments nothing secret
  /// @param descriptors the worker has them too, as 3, 4, ..
  static Result<std::unique_ptr<Worker>> start(std::string_view name, std::span<const std::string> arguments = {},
                                               std::span<const int> descriptors = {});

  Result<void> send(FrameKind kind, std::string_view body, const Context& context);
  Result<void> send(const Secret& secret, const Context& context);

  struct Frame {
    FrameKind kind = FrameKind::error;
    std::span<const std::byte> body;  ///< until the next receive()

    [[nodiscard]] std::string_view text() const noexcept {
      return {reinterpret_cast<const char*>(body.data()), body.size()};
    }
  };
  /// The next frame. A worker that says nothing for `silence` is an error of kind timeout, one that has ended of kind
  /// unreachable: started again it may do better. After an error it is of no more use.
  Result<Frame> receive(Duration silence, const Context& context);

 private:
  Worker(std::string name, SpawnedChild child) noexcept;
  Result<void> write_all(std::span<const std::byte> bytes, const Context& context);
  Result<void> read_all(std::span<std::byte> buffer, Deadline until, Duration silence, const Context& context);
  Result<void> wait(int fd, short events, Deadline until, Duration silence, const Context& context);
  void drain_errors();
  Error ended();

  std::string name_;
  SpawnedChild child_;
  std::string errors_;  ///< the end of what it wrote to stderr
  std::vector<std::byte> buffer_;
};

}  // namespace failover
