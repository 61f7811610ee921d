#pragma once

#include <string>
#include <string_view>

#include <failover/promoter.hpp>

namespace failover {

/// Whether it is one plain address (RFC 5321 without quoting and comments), or a local user: nothing that could add a
/// recipient or a header.
bool is_mail_address(std::string_view text) noexcept;

/// A whole message (RFC 5322): headers in ASCII, the body in UTF-8, no line over 998 bytes. Nothing in the notification
/// can end a header, whatever it holds. @param from empty = the mail system's own
std::string mail_message(const Notification& notification, std::string_view to, std::string_view from);

}  // namespace failover
