#include "workers/worker_side.hpp"

#include <cerrno>
#include <cstddef>
#include <cstdint>
#include <latch>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <thread>
#include <utility>

#include <nlohmann/json.hpp>
#include <poll.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <unistd.h>

#include <failover/error.hpp>

#include "core/file_io.hpp"
#include "core/secret.hpp"
#include "core/worker_frame.hpp"

namespace failover {

namespace {

/// A pipe whose writer is gone reports a hang-up even with bytes left in it. (A death signal would come when the thread
/// that started us ends, which is too early.)
void end_with_the_parent() noexcept {
  pollfd input{STDIN_FILENO, 0, 0};
  while (::poll(&input, 1, -1) < 0 && errno == EINTR) {
  }
  ::_exit(0);
}

Result<void> read_exactly(std::span<std::byte> buffer) {
  while (!buffer.empty()) {
    const auto count = ::read(STDIN_FILENO, buffer.data(), buffer.size());
    if (count < 0 && errno == EINTR) continue;
    if (count <= 0) return fail(ErrorKind::cancelled, "nobody asks any more");
    buffer = buffer.subspan(static_cast<std::size_t>(count));
  }
  return {};
}

}  // namespace

void begin_worker() {
  const rlimit none{0, 0};
  ::setrlimit(RLIMIT_CORE, &none);
  ::prctl(PR_SET_DUMPABLE, 0);
  // It runs before this returns: what a new thread asks of the kernel at its start is forbidden to a worker that has
  // shut itself in by then.
  const auto running = std::make_shared<std::latch>(1);
  std::thread([running] {
    running->count_down();
    end_with_the_parent();
  }).detach();
  running->wait();
}

Result<Request> WorkerSide::next() {
  FrameHeadBytes bytes{};
  FO_TRY(read_exactly(bytes));
  const auto head = decode_frame_head(bytes);
  if (!head) return fail(ErrorKind::internal, "a request that is no frame");
  std::string body(head->length, '\0');
  FO_TRY(read_exactly(std::as_writable_bytes(std::span(body))));
  return Request{head->kind, Secret(std::move(body))};
}

Result<void> WorkerSide::send(FrameKind kind, std::span<const std::byte> body) {
  const auto head = encode(FrameHead{kind, static_cast<std::uint32_t>(body.size())});
  FO_TRY(write_all(STDOUT_FILENO, head));
  return write_all(STDOUT_FILENO, body);
}

Result<void> WorkerSide::send(FrameKind kind, std::string_view body) {
  return send(kind, std::as_bytes(std::span(body)));
}

Result<void> WorkerSide::send(const Error& error) {
  const nlohmann::json json{{"kind", to_string(error.kind)}, {"message", error.message}};
  return send(FrameKind::error, json.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace));
}

}  // namespace failover
