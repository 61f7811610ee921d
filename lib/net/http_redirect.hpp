#pragma once

#include <string>

#include <failover/error.hpp>

#include "net/http_message.hpp"

namespace failover {

/// 301, 302, 303, 307 or 308.
[[nodiscard]] bool is_redirect(int status) noexcept;

/// The target that an answer sends us on to (RFC 9110 section 10.2.2). Only one of the request's own origin is
/// followed: credentials are for nobody else, and nothing goes from https to http. Else an error of kind refused, which
/// names the other origin without its query.
Result<std::string> redirect_target(const HttpRequest& request, const HttpHead& head);

}  // namespace failover
