#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>

#include "core/fd.hpp"
#include "net/address.hpp"
#include "net/loop.hpp"
#include "probe/connecting.hpp"
#include "probe/prober.hpp"

namespace failover {

/// One DNS message over a TCP connection of its own, and what comes back (RFC 7766 section 8: two octets of length
/// before each).
class DnsTcp {
 public:
  /// Given each message that comes; says whether it was the one, after which nothing more is read.
  using Message = std::function<bool(std::string_view)>;
  using Failed = std::function<void(Finding)>;

  explicit DnsTcp(Loop& loop) noexcept : loop_(loop), connecting_(loop) {}
  /// @param wire at most 65,535 bytes
  void start(const Address& peer, const std::optional<Address>& source, std::string_view wire, Message message,
             Failed failed);

 private:
  void talk(Fd fd);
  void on_ready(std::uint32_t events);
  bool write();
  void read();
  void take_messages();
  void fail(Finding finding);

  Loop& loop_;
  Connecting connecting_;
  std::string unsent_;
  std::string received_;
  Message message_;
  Failed failed_;
  Fd fd_;
  Loop::Watch watch_;  // after the descriptor, so that it goes first
};

}  // namespace failover
