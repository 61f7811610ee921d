#pragma once

#include <cstddef>
#include <span>
#include <string>
#include <string_view>

#include <failover/error.hpp>

#include "core/secret.hpp"
#include "core/worker_frame.hpp"

namespace failover {

/// First thing in every worker: no core file and no looking into its memory (property secret), and an end as soon as
/// the program that started it has gone, whatever call it is in at that moment.
void begin_worker();

/// One frame that was asked with.
struct Request {
  FrameKind kind = FrameKind::request;
  Secret body;
};

/// The worker's end of its pipes: blocking, since it has nothing else to do.
class WorkerSide {
 public:
  /// The next request; an error when there is none any more.
  static Result<Request> next();
  static Result<void> send(FrameKind kind, std::span<const std::byte> body);
  static Result<void> send(FrameKind kind, std::string_view body);
  static Result<void> send(const Error& error);
};

}  // namespace failover
