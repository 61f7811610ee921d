#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include <failover/error.hpp>

#include "net/dns_message.hpp"
#include "net/dns_name.hpp"

namespace failover {

namespace {

constexpr std::size_t header_size = 12;
constexpr std::size_t max_name = 255;
/// A name has at most 127 labels, so a sane one needs no more pointers than that.
constexpr int max_pointers = 128;

std::unexpected<Error> malformed(std::string_view what) {
  return fail(ErrorKind::protocol, fmt::format("malformed DNS message: {}", what));
}

/// Reads forward through a message; every read is checked against its end.
class Reader {
 public:
  explicit Reader(std::string_view wire) noexcept : wire_(wire) {}

  [[nodiscard]] std::size_t position() const noexcept { return at_; }
  [[nodiscard]] std::size_t left() const noexcept { return wire_.size() - at_; }

  Result<std::uint16_t> u16() {
    if (left() < 2) return malformed("it ends within a number");
    const auto value = static_cast<std::uint16_t>(byte(at_) << 8U | byte(at_ + 1));
    at_ += 2;
    return value;
  }

  Result<std::uint32_t> u32() {
    const std::uint32_t high = FO_TRY(u16());
    return high << 16U | FO_TRY(u16());
  }

  Result<std::string_view> bytes(std::size_t count) {
    if (left() < count) return malformed("it ends within a record");
    const auto result = wire_.substr(at_, count);
    at_ += count;
    return result;
  }

  /// A possibly compressed name (RFC 1035 section 4.1.4).
  Result<DnsName> name() {
    std::string expanded;
    std::size_t place = at_;
    std::size_t earliest = at_;  // a pointer must lead to before every place already read: nothing can loop
    bool jumped = false;
    int pointers = 0;
    while (true) {
      if (place >= wire_.size()) return malformed("it ends within a name");
      const unsigned length = byte(place);
      if ((length & 0xc0U) == 0xc0U) {
        const auto target = FO_TRY(pointer_target(place, earliest));
        if (!std::exchange(jumped, true)) at_ = place + 2;
        if (++pointers > max_pointers) return malformed("a name points forward or in a circle");
        earliest = target;
        place = target;
        continue;
      }
      if (length > 63) return malformed("a label has a reserved type");
      if (wire_.size() - place < 1U + length) return malformed("it ends within a name");
      expanded += wire_.substr(place, 1U + length);
      if (expanded.size() > max_name) return malformed("a name is longer than 255 octets");
      place += 1U + length;
      if (length != 0) continue;
      if (!jumped) at_ = place;
      return DnsName::from_wire(std::move(expanded));
    }
  }

 private:
  /// Where a pointer leads: before every place already read.
  [[nodiscard]] Result<std::size_t> pointer_target(std::size_t place, std::size_t earliest) const {
    if (place + 1 >= wire_.size()) return malformed("it ends within a name");
    const std::size_t target = (byte(place) & 0x3fU) << 8U | byte(place + 1);
    // Names stand behind the header, whose bytes a server may change when it signs.
    if (target < header_size) return malformed("a name points into the header");
    if (target >= earliest) return malformed("a name points forward or in a circle");
    return target;
  }

  [[nodiscard]] unsigned byte(std::size_t place) const noexcept { return static_cast<unsigned char>(wire_[place]); }

  std::string_view wire_;
  std::size_t at_ = 0;
};

bool strings_fill(std::string_view rdata) noexcept {
  if (rdata.empty()) return false;
  while (!rdata.empty()) {
    const auto length = static_cast<unsigned char>(rdata.front());
    if (rdata.size() < 1U + length) return false;
    rdata.remove_prefix(1U + length);
  }
  return true;
}

Result<std::string> read_names_and_tail(Reader& reader, int names, std::size_t prefix, std::size_t tail) {
  std::string rdata(FO_TRY(reader.bytes(prefix)));
  for (int i = 0; i < names; ++i) rdata += FO_TRY(reader.name()).wire();
  rdata += FO_TRY(reader.bytes(tail));
  return rdata;
}

/// A name and whatever follows it.
Result<std::string> read_name_and_rest(Reader& reader, std::size_t length) {
  const std::size_t end = reader.position() + length;
  std::string rdata = FO_TRY(reader.name()).wire();
  if (reader.position() > end) return malformed("a record's data does not have the length it says");
  rdata += FO_TRY(reader.bytes(end - reader.position()));
  return rdata;
}

/// The data of one record with its names expanded. Records of an UPDATE that only name an RRset have none.
Result<std::string> read_rdata(Reader& reader, std::uint16_t type, std::uint16_t rr_class, std::size_t length) {
  const bool of_internet = rr_class == dns_class::in || rr_class == dns_class::none;
  // Their class is ANY. The algorithm's name is not to be compressed, but Samba does it.
  const bool signs = type == dns_type::tsig || type == dns_type::tkey;
  if (length != 0 && signs && rr_class == dns_class::any) return read_name_and_rest(reader, length);
  if (length == 0 || !of_internet) return std::string(FO_TRY(reader.bytes(length)));
  switch (type) {
    case dns_type::a:
      if (length != 4) return malformed("an A record is not 4 octets long");
      break;
    case dns_type::aaaa:
      if (length != 16) return malformed("an AAAA record is not 16 octets long");
      break;
    case dns_type::ns:
    case dns_type::cname:
    case dns_type::ptr:
      return read_names_and_tail(reader, 1, 0, 0);
    case dns_type::mx:
      return read_names_and_tail(reader, 1, 2, 0);
    case dns_type::soa:
      return read_names_and_tail(reader, 2, 0, 20);
    default:
      break;
  }
  std::string rdata(FO_TRY(reader.bytes(length)));
  if (type == dns_type::txt && !strings_fill(rdata)) return malformed("a TXT record's strings do not fill it");
  return rdata;
}

Result<DnsRecord> read_record(Reader& reader) {
  DnsRecord record;
  record.name = FO_TRY(reader.name());
  record.type = FO_TRY(reader.u16());
  record.rr_class = FO_TRY(reader.u16());
  record.ttl = FO_TRY(reader.u32());
  const std::size_t length = FO_TRY(reader.u16());
  if (reader.left() < length) return malformed("it ends within a record");
  const std::size_t end = reader.position() + length;
  record.rdata = FO_TRY(read_rdata(reader, record.type, record.rr_class, length));
  if (reader.position() != end) return malformed("a record's data does not have the length it says");
  return record;
}

Result<void> read_section(Reader& reader, std::size_t count, std::vector<DnsRecord>& section) {
  for (std::size_t i = 0; i < count; ++i) {
    section.push_back(FO_TRY(read_record(reader)));
    if (section.back().type == dns_type::tsig) return malformed("a TSIG is not in the additional section");
  }
  return {};
}

/// RFC 8945 section 5.1: a TSIG is the last record of the message and the only one.
Result<void> read_additionals(Reader& reader, std::size_t count, DnsMessage& message) {
  for (std::size_t i = 0; i < count; ++i) {
    const std::size_t start = reader.position();
    auto record = FO_TRY(read_record(reader));
    if (record.type != dns_type::tsig) {
      message.additionals.push_back(std::move(record));
      continue;
    }
    if (i + 1 != count) return malformed("a TSIG is not the last record");
    if (record.rr_class != dns_class::any || record.ttl != 0) return malformed("a TSIG has a class or TTL it must not");
    message.tsig = std::move(record);
    message.tsig_offset = start;
  }
  return {};
}

}  // namespace

Result<DnsMessage> parse_dns_message(std::string_view wire) {
  if (wire.size() > 65535) return malformed("it is larger than 64 KiB");
  Reader reader(wire);
  DnsMessage message;
  message.id = FO_TRY(reader.u16());
  const unsigned flags = FO_TRY(reader.u16());
  message.response = (flags & 0x8000U) != 0;
  message.opcode = static_cast<std::uint8_t>(flags >> 11U & 0x0fU);
  message.authoritative = (flags & 0x0400U) != 0;
  message.truncated = (flags & 0x0200U) != 0;
  message.recursion_desired = (flags & 0x0100U) != 0;
  message.recursion_available = (flags & 0x0080U) != 0;
  message.rcode = static_cast<std::uint16_t>(flags & 0x0fU);
  const std::size_t questions = FO_TRY(reader.u16());
  const std::size_t answers = FO_TRY(reader.u16());
  const std::size_t authorities = FO_TRY(reader.u16());
  const std::size_t additionals = FO_TRY(reader.u16());
  for (std::size_t i = 0; i < questions; ++i) {
    DnsQuestion question;
    question.name = FO_TRY(reader.name());
    question.type = FO_TRY(reader.u16());
    question.rr_class = FO_TRY(reader.u16());
    message.questions.push_back(std::move(question));
  }
  FO_TRY(read_section(reader, answers, message.answers));
  FO_TRY(read_section(reader, authorities, message.authorities));
  FO_TRY(read_additionals(reader, additionals, message));
  if (reader.left() != 0) return malformed("bytes follow its last record");
  return message;
}

}  // namespace failover
