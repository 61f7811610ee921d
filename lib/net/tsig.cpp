#include "net/tsig.hpp"

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <expected>
#include <string>
#include <string_view>
#include <utility>

#include <fmt/format.h>

#include <failover/context.hpp>
#include <failover/error.hpp>

#include "core/clock.hpp"
#include "net/dns_message.hpp"
#include "net/dns_name.hpp"
#include "net/tsig_signer.hpp"

namespace failover {

namespace {

/// The data of a TSIG record (RFC 8945 section 4.2).
struct TsigData {
  DnsName algorithm;
  std::uint64_t time_signed = 0;  ///< seconds since 1970, 48 bits
  std::uint16_t fudge = 0;
  std::string mac;
  std::uint16_t original_id = 0;
  std::uint16_t error = 0;
  std::string other;
};

void append_u48(std::string& out, std::uint64_t value) {
  append_u16(out, static_cast<std::uint16_t>(value >> 32U & 0xffffU));
  append_u32(out, static_cast<std::uint32_t>(value & 0xffffffffU));
}

std::uint64_t number(std::string_view bytes) noexcept {
  std::uint64_t value = 0;
  for (const char c : bytes) value = value << 8U | static_cast<unsigned char>(c);
  return value;
}

/// Cuts `count` bytes off the front; false when there are fewer.
bool cut(std::string_view& rest, std::size_t count, std::string_view& taken) noexcept {
  if (rest.size() < count) return false;
  taken = rest.substr(0, count);
  rest.remove_prefix(count);
  return true;
}

/// A name that must not be compressed (RFC 8945 section 4.2).
bool cut_name(std::string_view& rest, DnsName& name) {
  std::size_t at = 0;
  while (at < rest.size() && rest[at] != '\0') {
    const auto length = static_cast<unsigned char>(rest[at]);
    if (length > 63) return false;
    at += 1U + length;
  }
  std::string_view wire;
  if (at >= 255 || !cut(rest, at + 1, wire)) return false;
  name = DnsName::from_wire(std::string(wire));
  return true;
}

Result<TsigData> read_data(std::string_view rest) {
  const auto malformed = fail(ErrorKind::protocol, "malformed DNS message: its TSIG cannot be read");
  TsigData data;
  std::string_view part;
  if (!cut_name(rest, data.algorithm) || !cut(rest, 6, part)) return malformed;
  data.time_signed = number(part);
  if (!cut(rest, 2, part)) return malformed;
  data.fudge = static_cast<std::uint16_t>(number(part));
  if (!cut(rest, 2, part) || !cut(rest, number(part), part)) return malformed;
  data.mac = std::string(part);
  if (!cut(rest, 2, part)) return malformed;
  data.original_id = static_cast<std::uint16_t>(number(part));
  if (!cut(rest, 2, part)) return malformed;
  data.error = static_cast<std::uint16_t>(number(part));
  if (!cut(rest, 2, part) || !cut(rest, number(part), part) || !rest.empty()) return malformed;
  data.other = std::string(part);
  return data;
}

/// The TSIG variables of RFC 8945 section 4.3.3.
std::string variables(const DnsName& key_name, const TsigData& data) {
  std::string out = key_name.canonical_wire();
  append_u16(out, dns_class::any);
  append_u32(out, 0);
  out += data.algorithm.canonical_wire();
  append_u48(out, data.time_signed);
  append_u16(out, data.fudge);
  append_u16(out, data.error);
  append_u16(out, static_cast<std::uint16_t>(data.other.size()));
  out += data.other;
  return out;
}

std::uint64_t unix_seconds(WallTime time) noexcept {
  return static_cast<std::uint64_t>(std::chrono::floor<std::chrono::seconds>(time.time_since_epoch()).count());
}

/// As far as nanoseconds in 64 bits reach: 48 bits of seconds go much further.
constexpr std::uint64_t latest_time = 9'000'000'000;

/// Seconds that `theirs` is ahead of `ours`, in words.
std::string clock_difference(std::uint64_t theirs, WallTime ours) {
  theirs = std::min(theirs, latest_time);
  const auto skew = static_cast<std::int64_t>(theirs) - static_cast<std::int64_t>(unix_seconds(ours));
  const auto size = std::chrono::seconds(skew < 0 ? -skew : skew);
  return fmt::format("the server's clock says {}, ours {}: it is {} {}",
                     rfc3339(WallTime(std::chrono::seconds(static_cast<std::int64_t>(theirs)))), rfc3339(ours),
                     human_duration(size), skew < 0 ? "behind" : "ahead");
}

std::unexpected<Error> unverified(std::string_view why) {
  return fail(ErrorKind::integrity,
              fmt::format("the server's answer to a signed request {}; it was not believed", why));
}

/// Some servers sign nothing for whoever they do not know.
std::string unsigned_answer(std::uint16_t rcode) {
  const bool refused = rcode == dns_rcode::refused || rcode == dns_rcode::notauth;
  return fmt::format("is not signed (it says {}{})", rcode_text(rcode),
                     refused ? "; perhaps it does not take the key, or the clocks differ" : "");
}

/// RFC 8945 section 5.3.2: such an answer carries no MAC. It proves nothing, but whoever sent it did not take our word.
Result<void> check_present_mac(const DnsMessage& message, const TsigData& data, const TsigSigner& signer) {
  const bool key_error = data.error == dns_rcode::badkey || data.error == dns_rcode::badsig;
  if (!data.mac.empty() || message.rcode != dns_rcode::notauth || !key_error) return {};
  const auto name = signer.key_name().to_text();
  std::string why;
  if (signer.is_context()) {
    why = "it does not know, or no longer knows, the security context that was agreed upon";
  } else if (data.error == dns_rcode::badkey) {
    why = fmt::format("it has no key named {}", name);
  } else {
    why = fmt::format("its secret of the key {} is another one", name);
  }
  return fail(ErrorKind::permission,
              fmt::format("the server does not accept our signature ({}): {}", rcode_text(data.error), why));
}

/// RFC 8945 sections 4.2 and 5.2.3: BADTIME carries the server's clock, every other TSIG nothing.
bool other_data_fits(const TsigData& data) noexcept {
  return data.other.size() == (data.error == dns_rcode::badtime ? 6U : 0U);
}

/// The message as it was before its TSIG came to it, with the variables behind it (RFC 8945 sections 4.3.2 and 4.3.3).
std::string digested(std::string_view wire, const DnsMessage& message, const TsigData& data, const DnsName& key_name) {
  std::string bytes;
  append_u16(bytes, data.original_id);
  bytes += wire.substr(2, 8);
  append_u16(bytes, static_cast<std::uint16_t>(number(wire.substr(10, 2)) - 1));
  bytes += wire.substr(12, message.tsig_offset - 12);
  return bytes + variables(key_name, data);
}

Result<TsigProof> judge_mac(std::string_view bytes, const TsigData& data, TsigSigner& signer,
                            std::string_view request_mac, const Context& context) {
  if (!request_mac.empty() && data.mac == request_mac) return TsigProof::echoed;
  // A truncated MAC is never asked for, so none is accepted (RFC 8945 section 5.2.2.1 leaves that to us).
  const auto size = signer.mac_size();
  if (data.mac.empty() || (size != 0 && data.mac.size() != size)) return unverified("has a MAC of the wrong length");
  std::string length;
  if (!request_mac.empty()) append_u16(length, static_cast<std::uint16_t>(request_mac.size()));
  const auto signed_bytes = fmt::format("{}{}{}", length, request_mac, bytes);
  if (FO_TRY(signer.is_mac(signed_bytes, data.mac, context))) return TsigProof::rfc8945;
  const auto without_length = std::string_view(signed_bytes).substr(length.size());
  if (signer.is_context() && !length.empty() && FO_TRY(signer.is_mac(without_length, data.mac, context))) {
    return TsigProof::without_length;
  }
  return TsigProof::wrong;
}

/// What the proven TSIG says: the server's own view of our request, then the time.
Result<void> check_error_and_time(const TsigData& data, WallTime now) {
  if (data.error == dns_rcode::badtime) {
    return fail(ErrorKind::permission,
                fmt::format("the server refuses our time stamp (BADTIME): {}; set the clocks right",
                            clock_difference(number(data.other), now)));
  }
  if (data.error != 0) {
    return fail(ErrorKind::permission, fmt::format("the server refuses our signature ({})", rcode_text(data.error)));
  }
  const auto ours = unix_seconds(now);
  const auto apart = ours > data.time_signed ? ours - data.time_signed : data.time_signed - ours;
  if (apart > data.fudge)
    return unverified(fmt::format("is out of its time: {}", clock_difference(data.time_signed, now)));
  return {};
}

}  // namespace

std::string_view to_string(TsigProof proof) noexcept {
  switch (proof) {
    case TsigProof::rfc8945:
      return "is signed as RFC 8945 says";
    case TsigProof::without_length:
      return "is signed as Samba before 4.21 does it, not as RFC 8945 says";
    case TsigProof::echoed:
      return "carries our own signature come back";
    case TsigProof::wrong:
      return "has a wrong MAC";
  }
  return "has a wrong MAC";
}

Result<SignedMessage> sign_tsig(std::string_view wire, TsigSigner& signer, WallTime now, const Context& context) {
  if (wire.size() < 12) return fail(ErrorKind::internal, "a DNS message without a header cannot be signed");
  TsigData data;
  data.algorithm = signer.algorithm();
  data.time_signed = unix_seconds(now);
  data.fudge = static_cast<std::uint16_t>(tsig_fudge.count());
  data.original_id = static_cast<std::uint16_t>(number(wire.substr(0, 2)));
  data.mac = FO_TRY(signer.mac(std::string(wire) + variables(signer.key_name(), data), context));
  if (data.mac.size() > 0xffff) return fail(ErrorKind::internal, "a MAC is larger than 64 KiB");

  std::string rdata = data.algorithm.canonical_wire();
  append_u48(rdata, data.time_signed);
  append_u16(rdata, data.fudge);
  append_u16(rdata, static_cast<std::uint16_t>(data.mac.size()));
  rdata += data.mac;
  append_u16(rdata, data.original_id);
  append_u16(rdata, 0);
  append_u16(rdata, 0);

  std::string whole(wire.substr(0, 10));
  append_u16(whole, static_cast<std::uint16_t>(number(wire.substr(10, 2)) + 1));
  whole += wire.substr(12);
  whole += signer.key_name().canonical_wire();
  append_u16(whole, dns_type::tsig);
  append_u16(whole, dns_class::any);
  append_u32(whole, 0);
  append_u16(whole, static_cast<std::uint16_t>(rdata.size()));
  whole += rdata;
  if (whole.size() > 65535) return fail(ErrorKind::internal, "a signed DNS message is larger than 64 KiB");
  return SignedMessage{std::move(whole), std::move(data.mac)};
}

Result<JudgedMessage> verify_tsig(std::string_view wire, TsigSigner& signer, std::string_view request_mac, WallTime now,
                                  const Context& context) {
  auto message = FO_TRY(parse_dns_message(wire));
  if (!message.tsig) return unverified(unsigned_answer(message.rcode));
  const auto data = FO_TRY(read_data(message.tsig->rdata));
  FO_TRY(check_present_mac(message, data, signer));
  if (message.tsig->name != signer.key_name()) return unverified("is signed with another key");
  if (data.algorithm != signer.algorithm()) return unverified("is signed with another algorithm");
  if (!other_data_fits(data)) return unverified("has other data in its TSIG than there may be");
  const auto bytes = digested(wire, message, data, signer.key_name());
  JudgedMessage judged{std::move(message), FO_TRY(judge_mac(bytes, data, signer, request_mac, context))};
  if (judged.proven()) {
    FO_TRY(check_error_and_time(data, now));
  } else if (!signer.is_context()) {
    return unverified(to_string(judged.proof));
  }
  return judged;
}

}  // namespace failover
