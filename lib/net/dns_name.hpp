#pragma once

#include <string>
#include <string_view>

#include <failover/error.hpp>

namespace failover {

/// A domain name, held in its uncompressed wire form (RFC 1035 section 3.1): at most 255 octets, labels of 1 to 63.
/// The case is kept as it was written; comparing ignores it (RFC 4343).
class DnsName {
 public:
  /// The root.
  DnsName() : wire_(1, '\0') {}
  /// From text: "pbx.example" and "pbx.example." are the same name; `\.` and `\DDD` as in master files
  /// (RFC 1035 section 5.1). An error of kind usage says what is wrong.
  static Result<DnsName> from_text(std::string_view text);
  /// @param wire labels with their length octets, the root's zero octet included, already checked by the parser.
  static DnsName from_wire(std::string wire) noexcept;

  /// Without the final dot; "." for the root.
  [[nodiscard]] std::string to_text() const;
  [[nodiscard]] const std::string& wire() const noexcept { return wire_; }
  /// The wire form in lower case, as digests want it (RFC 4034 section 6.2, RFC 8945 section 4.3.3).
  [[nodiscard]] std::string canonical_wire() const;
  /// True for the zone's own name too.
  [[nodiscard]] bool is_within(const DnsName& zone) const;

  bool operator==(const DnsName& other) const noexcept;

 private:
  std::string wire_;
};

}  // namespace failover
