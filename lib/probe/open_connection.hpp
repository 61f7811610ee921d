#pragma once

#include <functional>
#include <memory>

#include "core/fd.hpp"
#include "net/byte_stream.hpp"
#include "net/loop.hpp"

namespace failover {

/// A connection that a check made and that may outlive it. Destroying it closes it.
class OpenConnection {
 public:
  virtual ~OpenConnection() = default;
  /// From now on `ended` is called, once and from the loop, when the peer ends the connection or it breaks; the
  /// connection may be destroyed in it. What the peer says is read and dropped.
  virtual void on_end(std::function<void()> ended) = 0;
};

/// Of a connected, non-blocking socket.
std::unique_ptr<OpenConnection> open_connection(Loop& loop, Fd fd);
/// Of a connected stream.
std::unique_ptr<OpenConnection> open_connection(std::unique_ptr<ByteStream> stream);

}  // namespace failover
