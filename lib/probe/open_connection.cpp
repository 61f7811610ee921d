#include "probe/open_connection.hpp"

#include <array>
#include <cerrno>
#include <cstdint>
#include <functional>
#include <memory>
#include <utility>

#include <sys/epoll.h>
#include <sys/socket.h>

#include "core/fd.hpp"
#include "net/byte_stream.hpp"
#include "net/loop.hpp"
#include "net/pinned_connection.hpp"

namespace failover {

namespace {

class OpenSocket final : public OpenConnection {
 public:
  OpenSocket(Loop& loop, Fd fd) : loop_(loop), fd_(std::move(fd)) {}

  void on_end(std::function<void()> ended) override {
    ended_ = std::move(ended);
    auto watch = loop_.watch(fd_.get(), EPOLLIN | EPOLLRDHUP, [this](std::uint32_t) { on_ready(); });
    // Then it is merely open: the checks go on without it.
    if (watch) watch_ = std::move(*watch);
  }

 private:
  void on_ready() {
    std::array<char, 16UL * 1024> ignored{};
    const auto count = recv(fd_.get(), ignored.data(), ignored.size(), 0);
    if (count > 0 || (count < 0 && (errno == EAGAIN || errno == EINTR))) return;
    watch_.reset();
    // Whoever is called may destroy this.
    const auto ended = std::exchange(ended_, nullptr);
    if (ended) ended();
  }

  Loop& loop_;
  Fd fd_;
  Loop::Watch watch_;  // after the descriptor, so that it goes first
  std::function<void()> ended_;
};

class OpenStream final : public OpenConnection {
 public:
  explicit OpenStream(std::unique_ptr<ByteStream> stream) : stream_(std::move(stream)) { stream_->hand_over({}); }
  void on_end(std::function<void()> ended) override {
    stream_->hand_over(
        {.connected = {}, .received = {}, .ended = [call = std::move(ended)](const ConnectionFailure&) { call(); }});
  }

 private:
  std::unique_ptr<ByteStream> stream_;
};

}  // namespace

std::unique_ptr<OpenConnection> open_connection(Loop& loop, Fd fd) {
  return std::make_unique<OpenSocket>(loop, std::move(fd));
}

std::unique_ptr<OpenConnection> open_connection(std::unique_ptr<ByteStream> stream) {
  return std::make_unique<OpenStream>(std::move(stream));
}

}  // namespace failover
