#include "source/ftp_control.hpp"

#include <algorithm>
#include <array>
#include <cctype>
#include <cstddef>
#include <cstdint>
#include <expected>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <utility>

#include <sys/socket.h>

#include <failover/context.hpp>
#include <failover/error.hpp>

#include "core/fd.hpp"
#include "core/secret.hpp"
#include "core/system_error.hpp"
#include "core/url.hpp"
#include "net/address.hpp"
#include "net/tcp_connect.hpp"
#include "net/tls_client.hpp"
#include "net/waiting_stream.hpp"
#include "source/ftp_reply.hpp"

namespace failover {

namespace {

constexpr std::string_view anonymous = "anonymous";

Result<Address> other_end(const Fd& fd) {
  sockaddr_storage storage{};
  socklen_t size = sizeof storage;
  if (::getpeername(fd.get(), reinterpret_cast<sockaddr*>(&storage), &size) != 0) {
    return fail_errno("cannot tell whom we are connected to");
  }
  const auto address = Address::from(reinterpret_cast<sockaddr*>(&storage), size);
  if (!address) return fail(ErrorKind::internal, "connected to no IP address");
  return *address;
}

}  // namespace

FtpControl::FtpControl(FtpPeer peer, Address address, std::unique_ptr<TlsClient> tls, Fd fd)
    : peer_(std::move(peer)),
      address_(address),
      text_(host_and_port(peer_.host, peer_.port)),
      tls_(std::move(tls)),
      stream_(std::move(fd), text_, peer_.stall_timeout) {}

Result<std::unique_ptr<FtpControl>> FtpControl::open(const FtpPeer& peer, const Context& context) {
  std::unique_ptr<TlsClient> tls;
  if (peer.security != FtpSecurity::none) tls = FO_TRY(TlsClient::create(peer.host, peer.ca_file));
  auto fd = FO_TRY(tcp_connect(peer.host, peer.port, peer.stall_timeout, context));
  const auto address = FO_TRY(other_end(fd));
  std::unique_ptr<FtpControl> control(new FtpControl(peer, address, std::move(tls), std::move(fd)));
  control->stream_.keep_alive();
  FO_TRY(control->greet(context));
  FO_TRY(control->log_in(context));
  FO_TRY(control->settle(context));
  return control;
}

Result<void> FtpControl::greet(const Context& context) {
  if (peer_.security == FtpSecurity::implicit_tls) FO_TRY(stream_.start_tls(*tls_, nullptr, context));
  auto hello = FO_TRY(reply(context));
  // 120: "ready in so many minutes".
  while (hello.is_preliminary()) hello = FO_TRY(reply(context));
  if (!hello.is_good()) return std::unexpected(ftp_error(hello, text_));
  return peer_.security == FtpSecurity::explicit_tls ? secure(context) : Result<void>{};
}

Result<void> FtpControl::secure(const Context& context) {
  const auto answer = FO_TRY(ask("AUTH", "TLS", context));
  if (!answer.is_good()) {
    return fail(ErrorKind::refused, text_ + " offers no TLS (" + answer.text() +
                                        "); have it switched on there, for without it nothing is proven or secret");
  }
  // What came in the clear behind the reply is somebody else's, smuggled in.
  if (!input_.empty()) return fail(ErrorKind::protocol, text_ + " goes on in the clear after it agreed to TLS");
  return stream_.start_tls(*tls_, nullptr, context);
}

Result<void> FtpControl::log_in(const Context& context) {
  const auto work = "logging in at " + text_;
  const auto user = peer_.user.empty() ? anonymous : std::string_view(peer_.user);
  auto answer = FO_TRY(ask("USER", user, context));
  if (answer.code == 331) {
    const Secret password =
        peer_.password_file ? FO_TRY(read_password_file(*peer_.password_file)) : Secret(std::string(anonymous));
    answer = FO_TRY(ask("PASS", password.reveal(), context));
  }
  if (answer.is_good()) return {};
  const auto error = ftp_error(answer, work);
  // Whatever the code: who asks for more, or says no for good, does not let us in.
  const bool temporary = error.kind == ErrorKind::unreachable;
  return fail(temporary || error.kind == ErrorKind::refused ? error.kind : ErrorKind::permission, error.message);
}

Result<void> FtpControl::settle(const Context& context) {
  if (peer_.security != FtpSecurity::none) {
    FO_TRY(demand("PBSZ", "0", text_, context));
    const auto answer = FO_TRY(ask("PROT", "P", context));
    if (!answer.is_good()) {
      return fail(ErrorKind::refused, text_ + " does not protect its data connections (" + answer.text() + ")");
    }
  }
  const auto features = FO_TRY(ask("FEAT", "", context));
  for (const auto& line : features.lines) {
    if (!features.is_good() || !line.starts_with(' ')) continue;
    std::string name = line.substr(1, line.find(' ', 1) - 1);
    std::ranges::transform(name, name.begin(), [](unsigned char c) { return static_cast<char>(std::toupper(c)); });
    features_.insert(std::move(name));
  }
  // Names are UTF-8 here; who does not know it sends and takes them as they are.
  if (knows("UTF8")) FO_TRY(ask("OPTS", "UTF8 ON", context));
  FO_TRY(demand("TYPE", "I", text_, context));
  return {};
}

Result<void> FtpControl::send(std::string_view command, std::string_view argument, const Context& context) {
  constexpr std::string_view never("\r\n\0\xff", 4);
  if (argument.find_first_of(never) != std::string_view::npos) {
    return fail(ErrorKind::usage, "FTP cannot carry a name or password with a line end, NUL or byte FF in it");
  }
  std::string line(command);
  if (!argument.empty()) line += ' ';
  line += argument;
  line += "\r\n";
  const Secret wiped(std::move(line));
  return stream_.write(wiped.reveal(), context);
}

Result<FtpReply> FtpControl::reply(const Context& context) {
  while (true) {
    auto taken = take_ftp_reply(input_);
    if (!taken) return std::unexpected(taken.error().while_doing(text_));
    if (*taken) return std::move(**taken);
    std::array<std::byte, 4096> buffer{};
    const auto count = FO_TRY(stream_.read(buffer, context));
    if (count == 0) return fail(ErrorKind::unreachable, text_ + " ended the connection");
    input_.append(reinterpret_cast<const char*>(buffer.data()), count);
  }
}

Result<FtpReply> FtpControl::ask(std::string_view command, std::string_view argument, const Context& context) {
  FO_TRY(send(command, argument, context));
  return reply(context);
}

Result<FtpReply> FtpControl::demand(std::string_view command, std::string_view argument, std::string_view work,
                                    const Context& context) {
  auto answer = FO_TRY(ask(command, argument, context));
  if (!answer.is_good()) return std::unexpected(ftp_error(answer, work));
  return answer;
}

Result<std::uint16_t> FtpControl::data_port(const Context& context) {
  const auto work = text_ + ": a data connection";
  if (extended_) {
    const auto answer = FO_TRY(ask("EPSV", "", context));
    if (const auto port = ftp_extended_port(answer.text()); answer.code == 229 && port) return *port;
    const bool unknown = answer.code >= 500 && address_.family() == AF_INET;
    if (!unknown) {
      auto error = ftp_error(answer, work);
      // Of a data connection nothing can be "not found".
      if (error.kind == ErrorKind::not_found) error.kind = ErrorKind::protocol;
      return std::unexpected(answer.is_good() ? Error{ErrorKind::protocol, error.message} : error);
    }
    extended_ = false;
  }
  const auto answer = FO_TRY(ask("PASV", "", context));
  if (const auto port = ftp_passive_port(answer.text()); answer.code == 227 && port) return *port;
  return fail(ErrorKind::protocol, ftp_error(answer, work).message);
}

Result<std::unique_ptr<WaitingStream>> FtpControl::connect_data(const Context& context) {
  auto address = address_;
  address.set_port(FO_TRY(data_port(context)));
  auto fd = FO_TRY(while_doing("no data connection (does a firewall let the server's passive ports through?)",
                               tcp_connect(address, peer_.stall_timeout, context)));
  return std::make_unique<WaitingStream>(std::move(fd), text_, peer_.stall_timeout);
}

Result<void> FtpControl::begin_transfer(WaitingStream& data, std::string_view command, std::string_view argument,
                                        std::string_view work, const Context& context) {
  const auto answer = FO_TRY(ask(command, argument, context));
  if (!answer.is_preliminary()) {
    if (answer.is_good()) return fail(ErrorKind::protocol, std::string(work) + ": the server sends no data");
    return std::unexpected(ftp_error(answer, work));
  }
  // The same session shows the server that nobody else has taken the data connection, and most demand it.
  return tls_ ? data.start_tls(*tls_, &stream_, context) : Result<void>{};
}

}  // namespace failover
