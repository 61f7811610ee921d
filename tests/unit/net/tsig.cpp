#include "net/tsig.hpp"

#include <algorithm>
#include <array>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <string>
#include <string_view>

#include <openssl/evp.h>
#include <openssl/hmac.h>

#include <failover/context.hpp>
#include <failover/error.hpp>

#include "core/secret.hpp"
#include "net/dns_message.hpp"
#include "net/dns_name.hpp"
#include "net/tsig_hmac.hpp"
#include "net/tsig_key.hpp"
#include "net/tsig_signer.hpp"
#include "support/catch.hpp"

using failover::DnsMessage;
using failover::DnsName;
using failover::ErrorKind;
using failover::TsigAlgorithm;
using failover::TsigHmac;
using failover::TsigProof;
using failover::WallTime;
namespace dns_rcode = failover::dns_rcode;

namespace {

constexpr std::string_view secret = "0123456789abcdef0123456789abcdef";
const WallTime now{std::chrono::seconds(1795413600)};

TsigHmac key(std::string_view name = "fo", TsigAlgorithm algorithm = TsigAlgorithm::hmac_sha256) {
  return TsigHmac({*DnsName::from_text(name), algorithm, failover::Secret(std::string(secret))});
}

failover::Result<failover::SignedMessage> sign(std::string_view wire, TsigHmac signer) {
  return failover::sign_tsig(wire, signer, now, {});
}

DnsMessage request() {
  DnsMessage message;
  message.id = 0x1234;
  message.opcode = failover::dns_opcode::update;
  message.questions.push_back({*DnsName::from_text("pbx.example"), failover::dns_type::soa, failover::dns_class::in});
  return message;
}

/// What a server signs and sends, written here a second time and straight from RFC 8945, so that each field can be
/// wrong.
struct Server {
  std::string key_name = "fo";
  std::string algorithm = "hmac-sha256";
  const EVP_MD* digest = EVP_sha256();
  std::string secret_bytes{secret};
  std::uint64_t time = 1795413600;
  std::uint16_t fudge = 300;
  std::uint16_t error = 0;
  std::string other;
  std::size_t mac_size = 999;  ///< cuts the MAC
  std::uint16_t rcode = 0;
  std::uint16_t original_id = 0x1234;
  bool with_length = true;  ///< before the request's MAC

  [[nodiscard]] std::string answer(const std::string& request_mac) const {
    DnsMessage message = request();
    message.response = true;
    message.rcode = rcode;
    std::string wire = *failover::build_dns_message(message);

    std::string times;
    failover::append_u16(times, static_cast<std::uint16_t>(time >> 32U));
    failover::append_u32(times, static_cast<std::uint32_t>(time));
    failover::append_u16(times, fudge);

    std::string digested;
    if (with_length) failover::append_u16(digested, static_cast<std::uint16_t>(request_mac.size()));
    digested += request_mac;
    std::string original = wire;
    original[0] = static_cast<char>(original_id >> 8U);
    original[1] = static_cast<char>(original_id & 0xffU);
    digested += original;
    digested += DnsName::from_text(key_name)->canonical_wire();
    digested += std::string("\0\xff\0\0\0\0", 6);
    digested += DnsName::from_text(algorithm)->canonical_wire() + times;
    failover::append_u16(digested, error);
    failover::append_u16(digested, static_cast<std::uint16_t>(other.size()));
    digested += other;
    std::array<unsigned char, EVP_MAX_MD_SIZE> mac{};
    unsigned length = 0;
    ::HMAC(digest, secret_bytes.data(), static_cast<int>(secret_bytes.size()),
           reinterpret_cast<const unsigned char*>(digested.data()), digested.size(), mac.data(), &length);
    const std::string mac_bytes(mac.begin(), mac.begin() + std::min<std::size_t>(length, mac_size));

    std::string rdata = DnsName::from_text(algorithm)->wire() + times;
    failover::append_u16(rdata, static_cast<std::uint16_t>(mac_bytes.size()));
    rdata += mac_bytes;
    failover::append_u16(rdata, original_id);
    failover::append_u16(rdata, error);
    failover::append_u16(rdata, static_cast<std::uint16_t>(other.size()));
    rdata += other;
    message.additionals.push_back(
        {*DnsName::from_text(key_name), failover::dns_type::tsig, failover::dns_class::any, 0, rdata});
    return *failover::build_dns_message(message);
  }
};

struct Exchange {
  std::string mac = sign(*failover::build_dns_message(request()), key())->mac;

  [[nodiscard]] failover::Result<DnsMessage> verify(const std::string& wire, WallTime when = now) const {
    auto signer = key();
    const auto proven = FO_TRY(failover::verify_tsig(wire, signer, mac, when, {}));
    CHECK(proven.proof == TsigProof::rfc8945);
    return proven.message;
  }
  void refused(const Server& server, ErrorKind kind, std::string_view why, WallTime when = now) const {
    const auto answer = verify(server.answer(mac), when);
    REQUIRE_FALSE(answer);
    CHECK(answer.error().kind == kind);
    CHECK_THAT(answer.error().message, Catch::Contains(std::string(why)));
  }
};

/// A security context as far as the rules see one: MACs of any length, here those of the key.
class Context final : public failover::TsigSigner {
 public:
  [[nodiscard]] const DnsName& key_name() const noexcept override { return hmac_.key_name(); }
  [[nodiscard]] const DnsName& algorithm() const noexcept override { return hmac_.algorithm(); }
  [[nodiscard]] std::size_t mac_size() const noexcept override { return 0; }
  [[nodiscard]] bool is_context() const noexcept override { return true; }
  failover::Result<std::string> mac(std::string_view bytes, const failover::Context& context) override {
    return hmac_.mac(bytes, context);
  }
  failover::Result<bool> is_mac(std::string_view bytes, std::string_view mac,
                                const failover::Context& context) override {
    if (broken) return failover::fail(ErrorKind::timeout, "the worker is silent");
    return hmac_.is_mac(bytes, mac, context);
  }
  bool broken = false;

 private:
  TsigHmac hmac_ = key();
};

/// The MAC of an answer made another one. @param other octets of its other data
std::string with_mac(std::string wire, const std::string& mac, std::size_t other = 0) {
  wire.replace(wire.size() - 6 - other - mac.size(), mac.size(), mac);
  return wire;
}

/// 48 bits, as in the other data of BADTIME.
std::string six(std::uint64_t value) {
  std::string out;
  failover::append_u16(out, static_cast<std::uint16_t>(value >> 32U));
  failover::append_u32(out, static_cast<std::uint32_t>(value));
  return out;
}

}  // namespace

TEST_CASE("a signed request is the request and one TSIG more") {
  const auto plain = *failover::build_dns_message(request());
  const auto made = sign(plain, key("FO.Example"));
  REQUIRE(made);
  const auto parsed = failover::parse_dns_message(made->wire);
  REQUIRE(parsed);
  REQUIRE(parsed->tsig);
  CHECK(made->wire.substr(12, plain.size() - 12) == plain.substr(12));
  CHECK(made->mac.size() == 32);
  CHECK(sign(plain, key("fo.example"))->mac == made->mac);  // the name's case is not signed
  CHECK(sign(plain, key("fo", TsigAlgorithm::hmac_sha512))->mac.size() == 64);
  CHECK(sign(plain, key("fo", TsigAlgorithm::hmac_sha384))->mac.size() == 48);
}

TEST_CASE("an answer that the server signed is believed") {
  const Exchange exchange;
  Server server;
  CHECK(exchange.verify(server.answer(exchange.mac)));
  server.rcode = dns_rcode::nxrrset;
  const auto answer = exchange.verify(server.answer(exchange.mac));
  REQUIRE(answer);
  CHECK(answer->rcode == dns_rcode::nxrrset);
}

TEST_CASE("an answer forwarded under another ID is checked under its original one") {
  const Exchange exchange;
  Server server;
  server.original_id = 0x9999;
  CHECK(exchange.verify(server.answer(exchange.mac)));
}

TEST_CASE("an unsigned answer to a signed request is a failure, whatever it says") {
  const Exchange exchange;
  DnsMessage answer = request();
  answer.response = true;
  for (const std::uint16_t rcode : {dns_rcode::noerror, dns_rcode::refused, dns_rcode::notauth}) {
    answer.rcode = rcode;
    const auto result = exchange.verify(*failover::build_dns_message(answer));
    REQUIRE_FALSE(result);
    CHECK(result.error().kind == ErrorKind::integrity);
    CHECK_THAT(result.error().message,
               Catch::Contains("is not signed") && Catch::Contains(failover::rcode_text(rcode)));
  }
}

TEST_CASE("each field of a TSIG that is not as it must be is refused") {
  const Exchange exchange;
  using Change = std::function<void(Server&)>;
  const auto refused = [&](const Change& change, std::string_view why) {
    Server server;
    change(server);
    exchange.refused(server, ErrorKind::integrity, why);
  };
  refused([](Server& s) { s.key_name = "other"; }, "another key");
  refused([](Server& s) { s.algorithm = "hmac-sha512"; }, "another algorithm");
  refused([](Server& s) { s.secret_bytes[0] = 'x'; }, "wrong MAC");
  refused([](Server& s) { s.digest = EVP_sha512(); }, "wrong length");
  refused([](Server& s) { s.mac_size = 31; }, "wrong length");
  refused([](Server& s) { s.mac_size = 16; }, "wrong length");
  refused([](Server& s) { s.mac_size = 0; }, "wrong length");
  // The MAC comes before the RCODE: one that claims BADTIME without proof is only a wrong one.
  refused([](Server& s) { s.secret_bytes[0] = 'x', s.error = dns_rcode::badtime, s.other = six(1); }, "wrong MAC");
}

TEST_CASE("a TSIG that claims a key error without a MAC is told, unproven, as what it is") {
  const Exchange exchange;
  Server server;
  server.mac_size = 0;
  server.rcode = dns_rcode::notauth;
  server.error = dns_rcode::badsig;
  exchange.refused(server, ErrorKind::permission, "BADSIG");
  server.error = dns_rcode::badkey;
  exchange.refused(server, ErrorKind::permission, "no key named fo");
  // With any other RCODE it is only an answer without a MAC.
  server.rcode = dns_rcode::noerror;
  exchange.refused(server, ErrorKind::integrity, "wrong length");
}

TEST_CASE("BADTIME tells the server's clock and the difference") {
  const Exchange exchange;
  Server server;
  server.rcode = dns_rcode::notauth;
  server.error = dns_rcode::badtime;
  server.other = six(1795413600 + 3600);
  exchange.refused(server, ErrorKind::permission, "it is 1 h ahead");
  server.other = six(1795413600 - 600);
  exchange.refused(server, ErrorKind::permission, "it is 10 min behind");
  server.other = six(0xffffffffffffU);  // further than a clock of 64 bits reaches
  exchange.refused(server, ErrorKind::permission, "ahead");
}

TEST_CASE("BADTIME carries a clock, every other TSIG no other data") {
  const Exchange exchange;
  Server server;
  server.other = six(1);
  exchange.refused(server, ErrorKind::integrity, "other data");
  server.rcode = dns_rcode::notauth;
  server.error = dns_rcode::badtime;
  server.other = "odd";
  exchange.refused(server, ErrorKind::integrity, "other data");
  server.other.clear();
  exchange.refused(server, ErrorKind::integrity, "other data");
  server.error = dns_rcode::badtrunc;
  exchange.refused(server, ErrorKind::permission, "BADTRUNC");
}

TEST_CASE("our own signature come back is no proof") {
  const Exchange exchange;
  const auto answer = exchange.verify(with_mac(Server{}.answer(exchange.mac), exchange.mac));
  REQUIRE_FALSE(answer);
  CHECK(answer.error().kind == ErrorKind::integrity);
  CHECK_THAT(answer.error().message, Catch::Contains("our own signature come back"));
}

TEST_CASE("what the answer to a security context proves is told in four words") {
  const Exchange exchange;
  Context context;
  const auto judge = [&](const std::string& wire, std::string_view request_mac) {
    return failover::verify_tsig(wire, context, request_mac, now, {});
  };
  Server server;
  server.rcode = dns_rcode::yxrrset;
  const auto right = judge(server.answer(exchange.mac), exchange.mac);
  REQUIRE(right);
  CHECK(right->proof == TsigProof::rfc8945);
  CHECK(right->proven());
  server.with_length = false;
  const auto samba = judge(server.answer(exchange.mac), exchange.mac);
  REQUIRE(samba);
  CHECK(samba->proof == TsigProof::without_length);
  CHECK(samba->proven());
  CHECK_FALSE(exchange.verify(server.answer(exchange.mac)));  // with a key it is only wrong
  const auto echo = judge(with_mac(server.answer(exchange.mac), exchange.mac), exchange.mac);
  REQUIRE(echo);
  CHECK(echo->proof == TsigProof::echoed);
  CHECK_FALSE(echo->proven());
  CHECK(echo->message.rcode == dns_rcode::yxrrset);
  const auto wrong = judge(with_mac(server.answer(exchange.mac), std::string(32, 'x')), exchange.mac);
  REQUIRE(wrong);
  CHECK(wrong->proof == TsigProof::wrong);
  CHECK_FALSE(wrong->proven());

  server.error = dns_rcode::badtime;
  server.other = six(1);
  CHECK(judge(with_mac(server.answer(exchange.mac), exchange.mac, 6), exchange.mac));  // unproven, so not BADTIME
  CHECK_FALSE(judge(server.answer(exchange.mac), exchange.mac));
  CHECK_FALSE(judge(*failover::build_dns_message(request()), exchange.mac));  // unsigned is no answer here either
  server = Server();
  server.mac_size = 0;
  CHECK_FALSE(judge(server.answer(exchange.mac), exchange.mac));
  context.broken = true;
  const auto unknown = judge(Server().answer(exchange.mac), exchange.mac);
  REQUIRE_FALSE(unknown);
  CHECK(unknown.error().kind == ErrorKind::timeout);
}

TEST_CASE("the answer to an unsigned request is signed by itself") {
  Context context;
  Server server;
  server.with_length = false;
  const auto answer = failover::verify_tsig(server.answer(""), context, "", now, {});
  REQUIRE(answer);
  CHECK(answer->proof == TsigProof::rfc8945);
}

TEST_CASE("an answer counts only within its fudge") {
  const Exchange exchange;
  const auto answer = Server{}.answer(exchange.mac);
  CHECK(exchange.verify(answer, now + std::chrono::seconds(300)));
  CHECK(exchange.verify(answer, now - std::chrono::seconds(300)));
  exchange.refused(Server{}, ErrorKind::integrity, "out of its time", now + std::chrono::seconds(301));
  exchange.refused(Server{}, ErrorKind::integrity, "out of its time", now - std::chrono::seconds(301));
}

TEST_CASE("an answer belongs to one request") {
  const Exchange exchange;
  const auto answer = Server{}.answer(std::string(32, 'x'));
  REQUIRE_FALSE(exchange.verify(answer));
  CHECK_THAT(exchange.verify(answer).error().message, Catch::Contains("wrong MAC"));
}

TEST_CASE("no single bit of a signed answer can change unseen") {
  const Exchange exchange;
  Server server;
  server.key_name = "fo";
  const auto good = server.answer(exchange.mac);
  const auto tsig = failover::parse_dns_message(good)->tsig_offset;
  for (std::size_t place = 2; place < good.size(); ++place) {  // the ID is the transport's to check
    for (unsigned bit = 0; bit < 8; ++bit) {
      auto bad = good;
      bad[place] = static_cast<char>(static_cast<unsigned char>(bad[place]) ^ (1U << bit));
      // Names in the TSIG are signed in lower case: their case alone may differ.
      const bool in_key = place > tsig && place <= tsig + 2;
      const bool in_algorithm = place >= tsig + 15 && place < tsig + 26;
      if (bit == 5 && (in_key || in_algorithm) && failover::parse_dns_message(bad)) continue;
      INFO("octet " << place << " bit " << bit);
      CHECK_FALSE(exchange.verify(bad));
    }
  }
}
