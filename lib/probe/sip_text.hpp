#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <failover/error.hpp>

namespace failover {

/// Reads the value of one SIP header from left to right (RFC 3261 section 25.1). Line folds are blanks already.
class SipText {
 public:
  explicit SipText(std::string_view text) noexcept : rest_(text) {}

  [[nodiscard]] bool at_end() const noexcept { return rest_.empty(); }
  [[nodiscard]] char peek() const noexcept { return rest_.empty() ? '\0' : rest_.front(); }
  void skip_blanks() noexcept;
  /// Takes the character, with blanks around it, if it comes next.
  bool take(char wanted) noexcept;
  /// A token; empty if none comes next.
  std::string_view token() noexcept;
  /// A quoted string with its quotes; none if it is not closed or does not begin here.
  std::optional<std::string_view> quoted() noexcept;
  /// Characters up to one of `stops` or a blank.
  std::string_view until(std::string_view stops) noexcept;

 private:
  std::string_view rest_;
};

using SipParameters = std::vector<std::pair<std::string, std::string>>;  ///< names in lower case

/// `*( SEMI name [ EQUAL value ] )` up to a comma or the end.
Result<SipParameters> read_sip_parameters(SipText& text);

/// The value of a parameter; empty if it is absent.
std::string sip_parameter(const SipParameters& parameters, std::string_view name);

/// `( name-addr / addr-spec ) *( SEMI parameter )` as in From, To and Contact; the parameters of it.
Result<SipParameters> read_sip_address(SipText& text);

/// A number without sign, at most `largest`.
std::optional<std::uint32_t> read_sip_number(std::string_view digits, std::uint32_t largest) noexcept;

bool is_sip_token(std::string_view text) noexcept;

}  // namespace failover
