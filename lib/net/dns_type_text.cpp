#include "net/dns_type_text.hpp"

#include <algorithm>
#include <array>
#include <cctype>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include <fmt/format.h>

#include "core/whole_number.hpp"
#include "net/dns_message.hpp"

namespace failover {

namespace {

using NamedType = std::pair<std::string_view, std::uint16_t>;

constexpr std::array named_types{NamedType{"A", dns_type::a},         NamedType{"NS", dns_type::ns},
                                 NamedType{"CNAME", dns_type::cname}, NamedType{"SOA", dns_type::soa},
                                 NamedType{"PTR", dns_type::ptr},     NamedType{"MX", dns_type::mx},
                                 NamedType{"TXT", dns_type::txt},     NamedType{"AAAA", dns_type::aaaa},
                                 NamedType{"SRV", dns_type::srv},     NamedType{"NAPTR", dns_type::naptr}};

}  // namespace

std::optional<std::uint16_t> dns_type_of(std::string_view text) {
  std::string upper(text);
  std::ranges::transform(upper, upper.begin(), [](unsigned char c) { return static_cast<char>(std::toupper(c)); });
  const auto* const named = std::ranges::find(named_types, upper, &NamedType::first);
  if (named != named_types.end()) return named->second;
  constexpr std::string_view prefix = "TYPE";
  if (!upper.starts_with(prefix)) return std::nullopt;
  const auto type = whole_number<std::uint16_t>(std::string_view(upper).substr(prefix.size()));
  return type == 0 ? std::nullopt : type;
}

std::string dns_type_text(std::uint16_t type) {
  const auto* const named = std::ranges::find(named_types, type, &NamedType::second);
  return named != named_types.end() ? std::string(named->first) : fmt::format("TYPE{}", type);
}

}  // namespace failover
