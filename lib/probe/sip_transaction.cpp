#include "probe/sip_transaction.hpp"

#include <optional>
#include <string>
#include <string_view>

#include <fmt/format.h>

#include <failover/error.hpp>
#include <failover/observer.hpp>

#include "net/address.hpp"
#include "probe/prober.hpp"
#include "probe/sip_message.hpp"
#include "probe/sip_options.hpp"

namespace failover {

SipTransport sip_transport(const Target& target) {
  if (target.scheme == "sips") return SipTransport::tls;
  const auto* const transport = target.parameter("transport");
  return transport != nullptr && *transport == "tcp" ? SipTransport::tcp : SipTransport::udp;
}

Result<SipTransaction> SipTransaction::begin(const Target& target, const Address& local) {
  const auto* const name = target.parameter("name");
  return SipTransaction(
      FO_TRY(make_sip_options(sip_transport(target), local, name != nullptr ? *name : target.host, target.port)));
}

std::optional<Finding> SipTransaction::judge(std::string_view text) {
  const auto message = parse_sip_message(text);
  if (!message) {
    silence_ = fmt::format("no valid answer to OPTIONS ({})", message.error().message);
    return std::nullopt;
  }
  switch (classify_sip_answer(*message, request_)) {
    case SipAnswer::foreign:
      silence_ = "no answer to our OPTIONS (something else came that is not ours)";
      return std::nullopt;
    case SipAnswer::provisional:
      proceeding_ = true;
      silence_ = fmt::format("only a provisional answer to OPTIONS ({})", message->status);
      return std::nullopt;
    case SipAnswer::up:
      return found(Health::up, fmt::format("{} {}", message->status, message->reason));
    case SipAnswer::down:
      return found(Health::down, fmt::format("{} {}", message->status, message->reason));
  }
  return std::nullopt;
}

}  // namespace failover
