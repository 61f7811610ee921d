#pragma once

#include <cstdint>
#include <functional>
#include <unordered_map>

#include <failover/error.hpp>

#include "net/loop.hpp"

namespace failover {

/// libcurl's CURL*, spelled so that nobody who includes this needs its header.
using CurlEasy = void*;

/// libcurl's multi interface as a guest of our loop: it tells which sockets and which timer it wants, the loop calls
/// back. Made without cost; libcurl starts with the first transfer.
class Curl {
 public:
  /// Given the CURLcode with which a transfer ended.
  using Ended = std::function<void(int code)>;

  explicit Curl(Loop& loop) noexcept;
  Curl(const Curl&) = delete;
  Curl& operator=(const Curl&) = delete;
  ~Curl();

  /// A fresh easy handle; it must be gone before the Curl is.
  static Result<CurlEasy> make_easy();
  /// Starts a transfer; `ended` is called from the loop unless remove() comes first.
  Result<void> add(CurlEasy easy, Ended ended);
  /// The same for a handle that only connects (CURLOPT_CONNECT_ONLY): after `ended` it stays, and with it the
  /// connection, until remove().
  Result<void> add_connection(CurlEasy easy, Ended ended);
  /// Forgets a transfer and closes its connection.
  void remove(CurlEasy easy) noexcept;

 private:
  struct Transfer {
    Ended ended;
    bool stays = false;
  };
  Result<void> open();
  Result<void> add(CurlEasy easy, Transfer transfer);
  void act(int fd, int events);
  void report_ended();
  static int on_socket(CurlEasy easy, int fd, int what, void* self, void* socket_data) noexcept;
  static int on_timer(void* multi, long timeout_ms, void* self) noexcept;

  Loop& loop_;
  void* multi_ = nullptr;
  Loop::Timer timer_;
  std::unordered_map<int, Loop::Watch> sockets_;
  std::unordered_map<CurlEasy, Transfer> transfers_;
};

}  // namespace failover
