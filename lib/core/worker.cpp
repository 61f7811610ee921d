#include "core/worker.hpp"

#include <array>
#include <cerrno>
#include <chrono>
#include <csignal>
#include <cstddef>
#include <cstdint>
#include <expected>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <fcntl.h>
#include <fmt/format.h>
#include <poll.h>
#include <unistd.h>

#include <failover/context.hpp>
#include <failover/error.hpp>

#include "core/clock.hpp"
#include "core/secret.hpp"
#include "core/sigpipe.hpp"
#include "core/spawn.hpp"
#include "core/stop_wake.hpp"
#include "core/system_error.hpp"
#include "core/worker_frame.hpp"
#include "core/worker_path.hpp"

namespace failover {

namespace {

constexpr std::size_t kept_errors = 2000;
/// Room for one read of a worker, so that it goes on while we write what came before.
constexpr int pipe_size = 1024 * 1024;
/// A worker that takes no request is not at work on one: it hangs.
constexpr std::chrono::seconds longest_send{10};

std::string last_line(const std::string& text) {
  const auto end = text.find_last_not_of('\n');
  if (end == std::string::npos) return {};
  const auto begin = text.rfind('\n', end);
  return ": " + text.substr(begin == std::string::npos ? 0 : begin + 1, end - (begin == std::string::npos ? 0 : begin));
}

}  // namespace

Worker::Worker(std::string name, SpawnedChild child) noexcept : name_(std::move(name)), child_(std::move(child)) {}

Result<std::unique_ptr<Worker>> Worker::start(std::string_view name, std::span<const std::string> arguments,
                                              std::span<const int> descriptors) {
  const auto path = FO_TRY(worker_path(name));
  if (::access(path.c_str(), X_OK) != 0) {
    return fail(ErrorKind::config,
                fmt::format("this needs the program {}, which is not there; install it", path.string()));
  }
  std::vector<std::string> argv{path.string()};
  argv.insert(argv.end(), arguments.begin(), arguments.end());
  auto child = FO_TRY(SpawnedChild::start(argv, {}, false, {.user = nullptr, .born = {}, .descriptors = descriptors}));
  // A smaller pipe works as well, only slower.
  ::fcntl(child.output.get(), F_SETPIPE_SZ, pipe_size);
  return std::unique_ptr<Worker>(new Worker(std::string(name), std::move(child)));
}

Result<void> Worker::send(FrameKind kind, std::string_view body, const Context& context) {
  if (body.size() > longest_frame) return fail(ErrorKind::usage, "a request to " + name_ + " is too long");
  const auto head = encode(FrameHead{kind, static_cast<std::uint32_t>(body.size())});
  FO_TRY(write_all(head, context));
  return write_all(std::as_bytes(std::span(body)), context);
}

Result<void> Worker::send(const Secret& secret, const Context& context) {
  return send(FrameKind::secret, secret.reveal(), context);
}

Result<Worker::Frame> Worker::receive(Duration silence, const Context& context) {
  FrameHeadBytes bytes{};
  FO_TRY(read_all(bytes, Deadline::after(silence), silence, context));
  const auto head = decode_frame_head(bytes);
  if (!head) return fail(ErrorKind::internal, name_ + " answers with something that is no frame");
  if (buffer_.size() < head->length) buffer_.resize(head->length);
  const auto body = std::span(buffer_).first(head->length);
  FO_TRY(read_all(body, Deadline::after(silence), silence, context));
  return Frame{head->kind, body};
}

Result<void> Worker::write_all(std::span<const std::byte> bytes, const Context& context) {
  const SigpipeBlocked no_sigpipe;
  while (!bytes.empty()) {
    FO_TRY(wait(child_.input.get(), POLLOUT, Deadline::after(longest_send), longest_send, context));
    const auto count = ::write(child_.input.get(), bytes.data(), bytes.size());
    if (count < 0 && (errno == EINTR || errno == EAGAIN)) continue;
    if (count < 0) return std::unexpected(ended());
    bytes = bytes.subspan(static_cast<std::size_t>(count));
  }
  return {};
}

Result<void> Worker::read_all(std::span<std::byte> buffer, Deadline until, Duration silence, const Context& context) {
  while (!buffer.empty()) {
    const auto count = ::read(child_.output.get(), buffer.data(), buffer.size());
    if (count == 0) return std::unexpected(ended());
    if (count > 0) {
      buffer = buffer.subspan(static_cast<std::size_t>(count));
      continue;
    }
    if (errno == EINTR) continue;
    if (errno != EAGAIN) return fail_errno("cannot read from " + name_);
    FO_TRY(wait(child_.output.get(), POLLIN, until, silence, context));
  }
  return {};
}

Result<void> Worker::wait(int fd, short events, Deadline until, Duration silence, const Context& context) {
  const auto wake = FO_TRY(StopWake::make());
  const auto on_stop = wake.on(context.stop);
  const auto end = until.sooner(context.deadline);
  while (true) {
    FO_TRY(context.check());
    std::array polled{pollfd{fd, events, 0}, pollfd{wake.fd(), POLLIN, 0}, pollfd{child_.errors.get(), POLLIN, 0}};
    const int ready = ::poll(polled.data(), polled.size(), end.poll_timeout_ms());
    if (ready < 0 && errno != EINTR) return fail_errno("cannot poll");
    FO_TRY(context.check());
    if (ready > 0 && polled[2].revents != 0) drain_errors();
    if (ready > 0 && polled[0].revents != 0) return {};
    if (until.passed()) {
      return fail(ErrorKind::timeout, fmt::format("{} was silent for {}", name_, human_duration(silence)));
    }
  }
}

void Worker::drain_errors() {
  std::array<char, 4096> buffer{};
  while (child_.errors) {
    const auto count = ::read(child_.errors.get(), buffer.data(), buffer.size());
    if (count < 0 && errno == EINTR) continue;
    if (count < 0 && errno == EAGAIN) return;
    // At its end a poll must not report it for ever: a descriptor below 0 is passed over.
    if (count <= 0) return child_.errors.reset();
    errors_.append(buffer.data(), static_cast<std::size_t>(count));
    if (errors_.size() > kept_errors) errors_.erase(0, errors_.size() - kept_errors);
  }
}

Error Worker::ended() {
  // Its end of the pipe is closed: nothing is left for it to do.
  child_.signal_group(SIGKILL);
  drain_errors();
  const auto [code, status] = child_.reap();
  const auto how = code == CLD_EXITED ? fmt::format("exit status {}", status) : fmt::format("signal {}", status);
  return {ErrorKind::unreachable,
          fmt::format("the program {} ended before its answer ({}){}", name_, how, last_line(errors_))};
}

}  // namespace failover
