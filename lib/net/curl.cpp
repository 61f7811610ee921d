#include "net/curl.hpp"

#include <chrono>
#include <cstdint>
#include <utility>

#include <curl/curl.h>
#include <fmt/format.h>
#include <sys/epoll.h>

#include <failover/error.hpp>

#include "net/libcurl.hpp"
#include "net/loop.hpp"

namespace failover {

Curl::Curl(Loop& loop) noexcept : loop_(loop) {}

Curl::~Curl() {
  for (const auto& [easy, transfer] : transfers_) libcurl().multi_remove_handle(multi_, easy);
  if (multi_ != nullptr) libcurl().multi_cleanup(multi_);
}

Result<void> Curl::open() {
  if (multi_ != nullptr) return {};
  FO_TRY(load_libcurl());
  multi_ = libcurl().multi_init();
  if (multi_ == nullptr) return fail(ErrorKind::internal, "libcurl gives no multi handle");
  libcurl().multi_setopt(multi_, CURLMOPT_SOCKETFUNCTION, &Curl::on_socket);
  libcurl().multi_setopt(multi_, CURLMOPT_SOCKETDATA, this);
  libcurl().multi_setopt(multi_, CURLMOPT_TIMERFUNCTION, &Curl::on_timer);
  libcurl().multi_setopt(multi_, CURLMOPT_TIMERDATA, this);
  return {};
}

Result<CurlEasy> Curl::make_easy() {
  FO_TRY(load_libcurl());
  CurlEasy easy = libcurl().easy_init();
  if (easy == nullptr) return fail(ErrorKind::internal, "libcurl gives no handle");
  return easy;
}

Result<void> Curl::add(CurlEasy easy, Ended ended) {
  return add(easy, Transfer{std::move(ended), false});
}

Result<void> Curl::add_connection(CurlEasy easy, Ended ended) {
  return add(easy, Transfer{std::move(ended), true});
}

Result<void> Curl::add(CurlEasy easy, Transfer transfer) {
  FO_TRY(open());
  transfers_.emplace(easy, std::move(transfer));
  if (const auto code = libcurl().multi_add_handle(multi_, easy); code != CURLM_OK) {
    transfers_.erase(easy);
    return fail(ErrorKind::internal, fmt::format("libcurl takes no transfer: {}", libcurl().multi_strerror(code)));
  }
  return {};
}

void Curl::remove(CurlEasy easy) noexcept {
  if (transfers_.erase(easy) != 0) libcurl().multi_remove_handle(multi_, easy);
}

void Curl::act(int fd, int events) {
  int running = 0;
  libcurl().multi_socket_action(multi_, fd, events, &running);
  report_ended();
}

void Curl::report_ended() {
  int left = 0;
  while (const auto* message = libcurl().multi_info_read(multi_, &left)) {
    if (message->msg != CURLMSG_DONE) continue;
    const int code = static_cast<int>(message->data.result);
    const auto found = transfers_.find(message->easy_handle);
    if (found == transfers_.end() || !found->second.ended) continue;
    const auto ended = std::exchange(found->second.ended, nullptr);
    if (!found->second.stays) remove(message->easy_handle);
    ended(code);
  }
}

int Curl::on_socket(CurlEasy, int fd, int what, void* self, void*) noexcept {
  auto& curl = *static_cast<Curl*>(self);
  curl.sockets_.erase(fd);
  if (what == CURL_POLL_REMOVE) return 0;
  const auto wanted = ((what & CURL_POLL_IN) != 0 ? EPOLLIN : 0U) | ((what & CURL_POLL_OUT) != 0 ? EPOLLOUT : 0U);
  auto watch = curl.loop_.watch(fd, wanted, [&curl, fd](std::uint32_t ready) {
    const int events = ((ready & (EPOLLIN | EPOLLHUP)) != 0 ? CURL_CSELECT_IN : 0) |
                       ((ready & EPOLLOUT) != 0 ? CURL_CSELECT_OUT : 0) |
                       ((ready & EPOLLERR) != 0 ? CURL_CSELECT_ERR : 0);
    curl.act(fd, events);
  });
  if (!watch) return -1;
  curl.sockets_.emplace(fd, std::move(*watch));
  return 0;
}

int Curl::on_timer(void*, long timeout_ms, void* self) noexcept {
  auto& curl = *static_cast<Curl*>(self);
  curl.timer_.reset();
  // Never at once: libcurl must not be called from its own callback.
  if (timeout_ms >= 0) {
    curl.timer_ =
        curl.loop_.after(std::chrono::milliseconds(timeout_ms), [&curl] { curl.act(CURL_SOCKET_TIMEOUT, 0); });
  }
  return 0;
}

}  // namespace failover
