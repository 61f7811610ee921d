#pragma once

#include <optional>
#include <string>
#include <string_view>

#include <failover/error.hpp>

namespace failover {

/// Cuts what comes over a stream into SIP messages: headers up to the empty line, then a body of Content-Length bytes
/// (RFC 3261 section 18.3). Line ends before a message are skipped: they are keep-alives and pongs (RFC 3261 section
/// 7.5, RFC 5626 section 4.4.1).
class SipFraming {
 public:
  void add(std::string_view bytes) { buffer_ += bytes; }

  /// The next whole message, or none yet. An error of kind protocol says that no message can come of this stream any
  /// more: too long, or its end cannot be known.
  Result<std::optional<std::string>> next();

  /// A message has begun and is not whole.
  [[nodiscard]] bool in_message() const noexcept { return !buffer_.empty(); }

 private:
  std::string buffer_;
};

}  // namespace failover
