#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <string_view>

#include <failover/error.hpp>

#include "net/http_message.hpp"

namespace failover {

/// The error that a status means. 401, 403, 407: permission; 404, 410: not_found; 409, 412, 416: conflict; 408, 429,
/// 500, 502, 503, 504: unreachable, worth a retry; every other one protocol.
/// @param what   the work as a clause: "reading backup.zip"
/// @param detail what the store's own answer says, empty if nothing
Error http_status_error(const HttpRequest& request, const HttpHead& head, std::string_view what,
                        std::string_view detail);

/// How long the server asks us to stay away, as seconds (RFC 9110 section 10.2.3); a date is not understood. At most
/// two minutes.
std::optional<std::chrono::seconds> retry_after(const HttpHead& head);

}  // namespace failover
