#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include <failover/error.hpp>

#include "net/address.hpp"
#include "net/certificate.hpp"
#include "net/curl.hpp"
#include "net/loop.hpp"
#include "net/pinned_connection.hpp"

namespace failover {

struct StreamRequest {
  Address address;                ///< where to connect, port included
  std::optional<Address> source;  ///< where from
  bool tls = false;
  std::string name;  ///< with TLS: for the hello and the certificate; a numeric address is not sent in the hello
  bool require_certificate = false;  ///< with TLS: a certificate that is not right fails the connection
};

/// Bytes to and from a peer over TCP or TLS in our loop. With TLS the handshake is part of connecting; no ALPN.
/// Destroying it cancels and closes. All calls come from the loop, never from within open(), and may destroy it.
class ByteStream {
 public:
  struct Calls {
    std::function<void()> connected;
    std::function<void(std::string_view bytes)> received;
    /// It failed, or the peer closed it (then os_error is 0). Comes once, after everything that was received; nothing
    /// comes after it.
    std::function<void(const ConnectionFailure&)> ended;
  };

  static Result<std::unique_ptr<ByteStream>> open(Loop& loop, Curl& curl, const StreamRequest& request, Calls calls);
  ByteStream(const ByteStream&) = delete;
  ByteStream& operator=(const ByteStream&) = delete;
  ~ByteStream();

  /// What the peer is slow to take is kept and sent later. For a stream that is connected.
  void send(std::string_view bytes);
  /// Another one hears from now on.
  void hand_over(Calls calls);
  [[nodiscard]] bool is_connected() const noexcept { return connected_; }
  /// Our end of it; none before it is connected.
  [[nodiscard]] std::optional<Address> local_address() const noexcept;
  [[nodiscard]] const CertificateReport& certificate() const noexcept { return connection_.certificate(); }

 private:
  ByteStream(Loop& loop, Curl& curl, const StreamRequest& request, Calls calls);
  Result<void> prepare(bool tls);
  void on_connected(int code);
  void on_ready(std::uint32_t events);
  void pull();
  void read();
  void flush();
  void end(ConnectionFailure failure);
  [[nodiscard]] ConnectionFailure broken(int code) const;

  Loop& loop_;
  Curl& curl_;
  std::shared_ptr<const Calls> calls_;  // shared: one that runs may hand over, or destroy all this
  PinnedConnection connection_;
  CurlEasy easy_ = nullptr;
  int socket_ = -1;  // libcurl's
  Loop::Watch watch_;
  Loop::Timer soon_;
  bool connected_ = false;
  int pending_error_ = 0;
  std::string unread_;
  std::string unsent_;
  std::optional<ConnectionFailure> send_failure_;  // counts once everything is read that came before
  std::optional<ConnectionFailure> failure_;       // over; to be told after `unread_`
};

}  // namespace failover
