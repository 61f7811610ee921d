#include "net/dns_stream.hpp"

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <utility>

#include <sys/socket.h>

#include <failover/context.hpp>
#include <failover/error.hpp>

#include "net/address.hpp"
#include "net/dns_message.hpp"
#include "net/dns_socket.hpp"

namespace failover {

namespace {

constexpr std::size_t id_size = 2;

bool is_open(const DnsExchange& exchange) noexcept {
  return exchange.answer.empty();
}

}  // namespace

Result<DnsStream> DnsStream::begin(const Address& server, const Context& context) {
  return DnsStream(FO_TRY(DnsSocket::begin(server, SOCK_STREAM, context)));
}

Result<std::string> DnsStream::receive_message() {
  std::array<char, 2> length{};
  FO_TRY(socket_.receive_all(length));
  std::string message(
      static_cast<std::size_t>(static_cast<unsigned char>(length[0])) << 8U | static_cast<unsigned char>(length[1]),
      '\0');
  FO_TRY(socket_.receive_all(message));
  return message;
}

Result<void> DnsStream::connect(const Context& context) {
  socket_.use(context);
  return socket_.await_connected();
}

Result<void> DnsStream::exchange(std::span<DnsExchange> exchanges, const Context& context) {
  FO_TRY(send(exchanges, context));
  return receive(exchanges, context);
}

Result<void> DnsStream::send(std::span<const DnsExchange> exchanges, const Context& context) {
  FO_TRY(connect(context));
  std::string framed;
  for (const auto& each : exchanges) {
    if (!is_open(each)) continue;
    append_u16(framed, static_cast<std::uint16_t>(each.request.size()));
    framed += each.request;
  }
  return socket_.send(framed);
}

Result<void> DnsStream::receive(std::span<DnsExchange> exchanges, const Context& context) {
  socket_.use(context);
  while (std::ranges::any_of(exchanges, is_open)) {
    auto message = FO_TRY(receive_message());
    const auto asked = std::ranges::find_if(exchanges, [&](const DnsExchange& each) {
      return is_open(each) && message.size() >= id_size &&
             std::string_view(message).substr(0, id_size) == std::string_view(each.request).substr(0, id_size);
    });
    if (asked != exchanges.end()) asked->answer = std::move(message);
  }
  return {};
}

}  // namespace failover
