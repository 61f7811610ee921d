// A line between two loopback ports: line_relay LISTEN TARGET DELAY_MS BYTES_PER_SECOND. Each way every byte comes
// DELAY_MS later, and all connections together carry no more than BYTES_PER_SECOND (0: no limit). Prints on SIGTERM how
// many bytes came from the target.
#include <algorithm>
#include <atomic>
#include <chrono>
#include <condition_variable>
#include <csignal>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <deque>
#include <mutex>
#include <thread>
#include <vector>

#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <unistd.h>

namespace {

using Clock = std::chrono::steady_clock;
constexpr std::size_t most_waiting = std::size_t{64} * 1024 * 1024;

std::atomic<std::uint64_t> from_target{0};

/// One way of the line: what it carries takes its time, one after the other.
class Way {
 public:
  Way(Clock::duration delay, double rate) : delay_(delay), rate_(rate) {}
  Clock::time_point arrival(std::size_t bytes) {
    const std::lock_guard lock(mutex_);
    free_ = std::max(free_, Clock::now());
    if (rate_ > 0) {
      free_ += std::chrono::duration_cast<Clock::duration>(
          std::chrono::duration<double>(static_cast<double>(bytes) / rate_));
    }
    return free_ + delay_;
  }

 private:
  std::mutex mutex_;
  Clock::duration delay_;
  double rate_;
  Clock::time_point free_;
};

struct Piece {
  Clock::time_point due;
  std::vector<char> bytes;
};

/// What is on its way in one direction of one connection.
class Pipe {
 public:
  void put(Piece piece) {
    std::unique_lock lock(mutex_);
    moved_.wait(lock, [this] { return waiting_ < most_waiting || closed_; });
    waiting_ += piece.bytes.size();
    pieces_.push_back(std::move(piece));
    moved_.notify_all();
  }
  void close() {
    const std::lock_guard lock(mutex_);
    closed_ = true;
    moved_.notify_all();
  }
  bool get(Piece& piece) {
    std::unique_lock lock(mutex_);
    moved_.wait(lock, [this] { return !pieces_.empty() || closed_; });
    if (pieces_.empty()) return false;
    piece = std::move(pieces_.front());
    pieces_.pop_front();
    waiting_ -= piece.bytes.size();
    moved_.notify_all();
    return true;
  }

 private:
  std::mutex mutex_;
  std::condition_variable moved_;
  std::deque<Piece> pieces_;
  std::size_t waiting_ = 0;
  bool closed_ = false;
};

void carry(int from, int to, Way& way, bool counted) {
  Pipe pipe;
  std::jthread writing([&] {
    Piece piece;
    while (pipe.get(piece)) {
      std::this_thread::sleep_until(piece.due);
      for (std::size_t done = 0; done < piece.bytes.size();) {
        const auto count = ::send(to, piece.bytes.data() + done, piece.bytes.size() - done, MSG_NOSIGNAL);
        if (count <= 0) {
          pipe.close();
          ::shutdown(from, SHUT_RD);
          return;
        }
        done += static_cast<std::size_t>(count);
      }
    }
    ::shutdown(to, SHUT_WR);
  });
  std::vector<char> buffer(std::size_t{64} * 1024);
  for (ssize_t count = 0; (count = ::recv(from, buffer.data(), buffer.size(), 0)) > 0;) {
    const auto size = static_cast<std::size_t>(count);
    if (counted) from_target += size;
    pipe.put({way.arrival(size), std::vector<char>(buffer.begin(), buffer.begin() + count)});
  }
  pipe.close();
}

sockaddr_in loopback(const char* port) {
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(static_cast<std::uint16_t>(std::strtoul(port, nullptr, 10)));
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  return address;
}

void serve(int near, const char* target, Way& there, Way& back) {
  const int far = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  const auto address = loopback(target);
  const int on = 1;
  ::setsockopt(near, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
  ::setsockopt(far, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
  if (::connect(far, reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0) {
    const std::jthread up([&] { carry(near, far, there, false); });
    carry(far, near, back, true);
  }
  ::close(far);
  ::close(near);
}

}  // namespace

int main(int count, char** words) {
  if (count != 5) return 2;
  sigset_t ends;
  sigemptyset(&ends);
  sigaddset(&ends, SIGTERM);
  pthread_sigmask(SIG_BLOCK, &ends, nullptr);
  std::thread([ends] {
    int number = 0;
    sigwait(&ends, &number);
    std::printf("%llu\n", static_cast<unsigned long long>(from_target.load()));
    std::fflush(stdout);
    ::_exit(0);
  }).detach();
  const auto delay = std::chrono::duration_cast<Clock::duration>(
      std::chrono::duration<double, std::milli>(std::strtod(words[3], nullptr)));
  const double rate = std::strtod(words[4], nullptr);
  Way there(delay, rate);
  Way back(delay, rate);
  const int listener = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  const int on = 1;
  ::setsockopt(listener, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
  const auto address = loopback(words[1]);
  if (::bind(listener, reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0) return 1;
  if (::listen(listener, 64) != 0) return 1;
  while (true) {
    const int near = ::accept4(listener, nullptr, nullptr, SOCK_CLOEXEC);
    if (near >= 0) std::thread([near, target = words[2], &there, &back] { serve(near, target, there, back); }).detach();
  }
}
