#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <failover/context.hpp>
#include <failover/error.hpp>

namespace failover {

/// What an FTP server says to one command (RFC 959 section 4.2).
struct FtpReply {
  int code = 0;                    ///< 100 to 599
  std::vector<std::string> lines;  ///< without codes and line ends; at least one

  [[nodiscard]] const std::string& text() const { return lines.back(); }
  [[nodiscard]] bool is_preliminary() const noexcept { return code < 200; }
  [[nodiscard]] bool is_good() const noexcept { return code >= 200 && code < 300; }
};

/// Takes one whole reply off the front of what has come; none if it is not all there yet. What is no reply, and one of
/// more than 256 KiB, is an error of kind protocol.
Result<std::optional<FtpReply>> take_ftp_reply(std::string& input);

/// A reply that says no, as an error: FTP has few codes, so the words count, too. "WORK: code and text".
Error ftp_error(const FtpReply& reply, std::string_view work);

/// The data port of a reply to EPSV (RFC 2428) or PASV (RFC 959). The host that PASV names is nobody's business here:
/// whoever connects to it can be sent anywhere.
std::optional<std::uint16_t> ftp_extended_port(std::string_view text);
std::optional<std::uint16_t> ftp_passive_port(std::string_view text);
/// YYYYMMDDHHMMSS[.FRACTION] in UTC (RFC 3659 section 2.3), whole seconds.
std::optional<WallTime> ftp_time(std::string_view text);
/// A number of bytes, digits only.
std::optional<std::uint64_t> ftp_size(std::string_view text);
/// The folder that a reply to PWD has in quotes, doubled quotes being one.
std::optional<std::string> ftp_quoted_path(std::string_view text);

}  // namespace failover
