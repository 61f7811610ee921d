#include "net/tkey.hpp"

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include <failover/context.hpp>
#include <failover/error.hpp>

#include "net/dns_message.hpp"
#include "net/dns_name.hpp"
#include "support/catch.hpp"

using failover::DnsMessage;
using failover::DnsName;
using failover::ErrorKind;
namespace dns_rcode = failover::dns_rcode;
namespace dns_type = failover::dns_type;

namespace {

const failover::WallTime now{std::chrono::seconds(1795413600)};
const DnsName key_name = *DnsName::from_text("0011.sig-dc1.ad.example");

/// A server's TKEY, each field of which can be wrong.
struct Tkey {
  std::string owner = "0011.sig-DC1.ad.example";
  std::string algorithm = "gss-tsig";
  std::uint16_t mode = 3;
  std::uint16_t error = 0;
  std::string token = "token";
  std::uint16_t rcode = 0;
  std::uint16_t rr_class = failover::dns_class::any;
  int count = 1;
  std::size_t cut = 0;    ///< octets off the end
  std::string more = {};  ///< octets at the end

  [[nodiscard]] DnsMessage answer() const {
    DnsMessage message;
    message.response = true;
    message.rcode = rcode;
    std::string rdata = DnsName::from_text(algorithm)->wire() + std::string(8, '\1');
    failover::append_u16(rdata, mode);
    failover::append_u16(rdata, error);
    failover::append_u16(rdata, static_cast<std::uint16_t>(token.size()));
    rdata += token;
    failover::append_u16(rdata, 0);
    rdata = rdata.substr(0, rdata.size() - cut) + more;
    for (int i = 0; i < count; ++i) {
      message.answers.push_back({*DnsName::from_text(owner), dns_type::tkey, rr_class, 0, rdata});
    }
    return message;
  }
  [[nodiscard]] failover::Result<std::string> token_of() const { return failover::tkey_token(answer(), key_name); }
  void refused(ErrorKind kind, std::string_view why) const {
    const auto result = token_of();
    REQUIRE_FALSE(result);
    CHECK(result.error().kind == kind);
    CHECK_THAT(result.error().message, Catch::Contains(std::string(why)));
  }
};

}  // namespace

TEST_CASE("a TKEY query carries the token in its additional section") {
  const auto query = failover::tkey_query(key_name, "token", now);
  REQUIRE(query);
  REQUIRE(query->questions.size() == 1);
  CHECK(query->questions[0].type == dns_type::tkey);
  CHECK(query->questions[0].rr_class == failover::dns_class::any);
  REQUIRE(query->additionals.size() == 1);
  CHECK(query->answers.empty());
  const auto wire = failover::build_dns_message(*query);
  REQUIRE(wire);
  CHECK(failover::parse_dns_message(*wire) == *query);
  // Names, two times, mode 3, no error, the token's length, the token, no other data.
  CHECK(query->additionals[0].rdata.substr(10 + 8) == std::string("\0\3\0\0\0\5token\0\0", 13));
  CHECK_FALSE(failover::tkey_query(key_name, std::string(65'000, 'x'), now));
}

TEST_CASE("the token of a TKEY answer is the server's") {
  CHECK(Tkey{}.token_of() == "token");
  CHECK(Tkey{.token = ""}.token_of() == "");
}

TEST_CASE("a compressed algorithm is read, as Samba sends it") {
  DnsMessage message = Tkey{}.answer();
  message.questions.push_back({*DnsName::from_text("gss-tsig"), dns_type::tkey, failover::dns_class::any});
  auto wire = *failover::build_dns_message(message);
  const std::string name("\x08gss-tsig\0", 10);
  const auto place = wire.rfind(name);
  wire.replace(place, name.size(), "\xc0\x0c");
  wire[place - 1] = static_cast<char>(static_cast<unsigned char>(wire[place - 1]) - 8);  // the record's length
  const auto parsed = failover::parse_dns_message(wire);
  REQUIRE(parsed);
  CHECK(failover::tkey_token(*parsed, key_name) == "token");
}

TEST_CASE("each field of a TKEY that is not as it must be is refused") {
  Tkey{.owner = "0012.sig-dc1.ad.example"}.refused(ErrorKind::protocol, "another key");
  Tkey{.rr_class = failover::dns_class::in}.refused(ErrorKind::protocol, "another key");
  Tkey{.algorithm = "hmac-sha256"}.refused(ErrorKind::protocol, "another mode or algorithm");
  Tkey{.mode = 2}.refused(ErrorKind::protocol, "another mode or algorithm");
  Tkey{.count = 2}.refused(ErrorKind::protocol, "more than one");
  Tkey{.count = 0}.refused(ErrorKind::protocol, "without one");
  Tkey{.more = "x"}.refused(ErrorKind::protocol, "cannot be read");
  for (std::size_t cut = 1; cut < 30; ++cut) Tkey{.cut = cut}.refused(ErrorKind::protocol, "cannot be read");
}

TEST_CASE("why a server does not agree is told") {
  Tkey{.error = dns_rcode::badkey}.refused(ErrorKind::permission, "server-name=");
  Tkey{.error = dns_rcode::badtime}.refused(ErrorKind::permission, "clocks");
  Tkey{.error = dns_rcode::badmode}.refused(ErrorKind::protocol, "BADMODE");
  Tkey{.rcode = dns_rcode::notimp, .count = 0}.refused(ErrorKind::protocol, "does not do GSS-TSIG");
  Tkey{.rcode = dns_rcode::refused, .count = 0}.refused(ErrorKind::permission, "REFUSED");
  Tkey{.rcode = dns_rcode::servfail, .count = 0}.refused(ErrorKind::unreachable, "SERVFAIL");
  Tkey{.rcode = dns_rcode::refused}.refused(ErrorKind::permission, "REFUSED");
}
