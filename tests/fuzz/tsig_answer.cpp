#include <array>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include <openssl/evp.h>
#include <openssl/hmac.h>

#include <failover/context.hpp>

#include "core/secret.hpp"
#include "fuzz/must.hpp"
#include "fuzz/target.hpp"
#include "net/dns_message.hpp"
#include "net/dns_name.hpp"
#include "net/tsig.hpp"
#include "net/tsig_hmac.hpp"
#include "net/tsig_key.hpp"

using failover::append_u16;
using failover::append_u32;
using failover::DnsMessage;
using failover::DnsName;
using failover::test::must;

namespace {

constexpr std::string_view secret = "0123456789abcdef0123456789abcdef";
constexpr std::uint32_t signed_at = 1795413600;
const failover::WallTime now{std::chrono::seconds(signed_at)};

failover::TsigHmac& key() {
  static failover::TsigHmac one(
      {*DnsName::from_text("fo"), failover::TsigAlgorithm::hmac_sha256, failover::Secret(std::string(secret))});
  return one;
}

failover::Result<DnsMessage> verify(std::string_view wire, std::string_view request_mac) {
  return FO_TRY(failover::verify_tsig(wire, key(), request_mac, now, {})).message;
}

std::string hmac(std::string_view text) {
  std::array<unsigned char, EVP_MAX_MD_SIZE> mac{};
  unsigned length = 0;
  ::HMAC(::EVP_sha256(), secret.data(), static_cast<int>(secret.size()),
         reinterpret_cast<const unsigned char*>(text.data()), text.size(), mac.data(), &length);
  return {reinterpret_cast<const char*>(mac.data()), length};
}

/// What a server that has the key sends (RFC 8945 sections 4.2 and 5.3), written here a second time.
std::string signed_answer(const std::string& wire, std::string_view request_mac) {
  const auto algorithm = DnsName::from_text("hmac-sha256")->canonical_wire();
  std::string times(2, '\0');
  append_u32(times, signed_at);
  append_u16(times, 300);
  std::string digested;
  append_u16(digested, static_cast<std::uint16_t>(request_mac.size()));
  digested += std::string(request_mac) + wire + key().key_name().canonical_wire() + std::string("\0\xff\0\0\0\0", 6);
  digested += algorithm + times + std::string(4, '\0');
  const auto mac = hmac(digested);
  std::string rdata = algorithm + times;
  append_u16(rdata, static_cast<std::uint16_t>(mac.size()));
  rdata += mac + wire.substr(0, 2) + std::string(4, '\0');
  std::string answer = wire + key().key_name().canonical_wire();
  append_u16(answer, failover::dns_type::tsig);
  append_u16(answer, failover::dns_class::any);
  append_u32(answer, 0);
  append_u16(answer, static_cast<std::uint16_t>(rdata.size()));
  answer += rdata;
  const auto records = static_cast<std::uint16_t>(static_cast<unsigned char>(wire[10]) * 256U +
                                                  static_cast<unsigned char>(wire[11]) + 1U);
  answer[10] = static_cast<char>(records >> 8U);
  answer[11] = static_cast<char>(records & 0xffU);
  return answer;
}

/// The message itself, without what the signature added and without the ID, which the signature does not cover.
DnsMessage core(DnsMessage message) {
  message.tsig.reset();
  message.tsig_offset = 0;
  message.id = 0;
  return message;
}

}  // namespace

/// Two octets say which bit of the signed answer turns over, the rest is a DNS message.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size < 2) return 0;
  const auto input = failover::test::as_text(data, size);
  const auto wire = input.substr(2);
  const std::string request_mac(32, 'm');
  must(!verify(wire, request_mac), "nobody without the key answers");

  const auto message = failover::parse_dns_message(wire);
  if (!message || message->tsig || wire.size() > 60'000) return 0;
  // A count that is full has no room for one record more.
  if (wire.substr(10, 2) == "\xff\xff") return 0;
  auto answer = signed_answer(std::string(wire), request_mac);
  const auto verified = verify(answer, request_mac);
  must(verified && core(*verified) == core(*message), "an answer signed with the key is believed, as it is");
  must(!verify(answer, std::string(32, 'n')), "an answer to another request is not");

  const auto bit = (static_cast<std::size_t>(data[0]) << 8U | data[1]) % (answer.size() * 8);
  answer[bit / 8] = static_cast<char>(static_cast<unsigned char>(answer[bit / 8]) ^ 1U << bit % 8);
  const auto tampered = verify(answer, request_mac);
  must(!tampered || core(*tampered) == core(*message), "what was changed on its way is not believed");
  return 0;
}
