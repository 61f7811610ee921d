#include "probe/sip_framing.hpp"

#include <string>
#include <string_view>

#include "probe/sip_message.hpp"
#include "support/catch.hpp"

using failover::SipFraming;
using failover::SipLimits;

namespace {

constexpr std::string_view bare = "SIP/2.0 200 OK\r\nContent-Length: 0\r\n\r\n";
constexpr std::string_view with_body = "SIP/2.0 200 OK\r\nl : 4\r\nX: y\r\n\r\nbody";

std::string next(SipFraming& framing) {
  const auto message = framing.next();
  REQUIRE(message);
  return message->value_or("none");
}

}  // namespace

TEST_CASE("several messages of one segment come one after the other, keep-alives between them are skipped") {
  SipFraming framing;
  framing.add("\r\n\r\n" + std::string(with_body) + "\r\n" + std::string(bare) + "\r\n\r\n");
  CHECK(next(framing) == with_body);
  CHECK(next(framing) == bare);
  CHECK(next(framing) == "none");
  CHECK_FALSE(framing.in_message());
}

TEST_CASE("a message that comes byte by byte is whole with its last byte and not before") {
  SipFraming framing;
  for (std::size_t i = 0; i < with_body.size(); ++i) {
    CHECK(next(framing) == "none");
    framing.add(with_body.substr(i, 1));
    CHECK(framing.in_message());
  }
  CHECK(next(framing) == with_body);
}

TEST_CASE("a message whose end cannot be known ends the stream") {
  for (const auto* text :
       {"SIP/2.0 200 OK\r\n\r\n", "SIP/2.0 200 OK\r\nContent-Length: -1\r\n\r\n",
        "SIP/2.0 200 OK\r\nContent-Length: 1x\r\n\r\n", "SIP/2.0 200 OK\r\nContent-Length: 1\r\nl: 2\r\n\r\n",
        "SIP/2.0 200 OK\r\nContent-Length: 99999999999999999999\r\n\r\n",
        "SIP/2.0 200 OK\r\nContent-Length: 65535\r\n\r\n"}) {
    INFO(text);
    SipFraming framing;
    framing.add(text);
    CHECK_FALSE(framing.next());
  }
}

TEST_CASE("a peer that never comes to an end is cut off at the limit") {
  SipFraming framing;
  framing.add("SIP/2.0 200 OK\r\nX: ");
  for (std::size_t i = 0; i < SipLimits::message / 1000; ++i) {
    CHECK(next(framing) == "none");
    framing.add(std::string(1000, 'x'));
  }
  framing.add(std::string(1000, 'x'));
  CHECK_FALSE(framing.next());
}
