#pragma once

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <string_view>

#include <failover/context.hpp>
#include <failover/error.hpp>

#include "core/fd.hpp"
#include "net/address.hpp"
#include "net/tls_client.hpp"
#include "net/waiting_stream.hpp"
#include "source/ftp_reply.hpp"

namespace failover {

enum class FtpSecurity {
  none,
  explicit_tls,  ///< AUTH TLS before anything is told (RFC 4217)
  implicit_tls,  ///< TLS from the first byte, as on port 990
};

struct FtpPeer {
  std::string host;
  std::uint16_t port = 21;
  FtpSecurity security = FtpSecurity::none;
  std::string user;  ///< empty: anonymous
  std::optional<std::filesystem::path> password_file;
  std::optional<std::filesystem::path> ca_file;
  Duration stall_timeout = std::chrono::seconds(30);
};

/// The control connection to an FTP server that took us for the user: commands and their replies, and the data
/// connections that belong to them. With TLS nothing goes in the clear, on neither kind of connection.
class FtpControl {
 public:
  /// Kinds of errors: unreachable, timeout, refused (certificate, no TLS), permission, protocol, config.
  static Result<std::unique_ptr<FtpControl>> open(const FtpPeer& peer, const Context& context);

  /// Whether the server says that it knows a command (RFC 2389).
  [[nodiscard]] bool knows(std::string_view command) const { return features_.contains(std::string(command)); }
  /// Sends one command and waits for its reply, whatever that says.
  /// @param argument a path, perhaps; line ends in it are an error of kind usage
  Result<FtpReply> ask(std::string_view command, std::string_view argument, const Context& context);
  /// The same; what is no good reply is an error, with `work` in front.
  Result<FtpReply> demand(std::string_view command, std::string_view argument, std::string_view work,
                          const Context& context);
  /// The next reply to a command that had a preliminary one.
  Result<FtpReply> reply(const Context& context);

  /// A data connection for the next command, to the host of the control connection and no other.
  Result<std::unique_ptr<WaitingStream>> connect_data(const Context& context);
  /// Sends the command that uses it, takes the preliminary reply and makes the data connection safe.
  Result<void> begin_transfer(WaitingStream& data, std::string_view command, std::string_view argument,
                              std::string_view work, const Context& context);

 private:
  FtpControl(FtpPeer peer, Address address, std::unique_ptr<TlsClient> tls, Fd fd);
  Result<void> greet(const Context& context);
  Result<void> secure(const Context& context);
  Result<void> log_in(const Context& context);
  Result<void> settle(const Context& context);
  Result<void> send(std::string_view command, std::string_view argument, const Context& context);
  Result<std::uint16_t> data_port(const Context& context);

  FtpPeer peer_;
  Address address_;  ///< of the control connection's other end
  std::string text_;
  std::unique_ptr<TlsClient> tls_;
  WaitingStream stream_;
  std::string input_;
  std::set<std::string> features_;
  bool extended_ = true;  ///< EPSV, until the server does not know it
};

}  // namespace failover
