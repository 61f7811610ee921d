#include "fo-promote/init/rules.hpp"

#include <algorithm>
#include <charconv>
#include <cstddef>
#include <string>
#include <string_view>
#include <system_error>
#include <utility>

#include <fmt/format.h>

#include <failover/context.hpp>
#include <failover/dns.hpp>
#include <failover/error.hpp>
#include <failover/observer.hpp>
#include <failover/promoter.hpp>  // IWYU pragma: keep: what make_notifier() gives is let go of here
#include <failover/registry.hpp>
#include <failover/restorer.hpp>

#include "cli/units.hpp"
#include "fo-promote/init/answers.hpp"
#include "fo-promote/init/presets.hpp"

namespace failover::promote_tool::rules {

namespace {

std::unexpected<Error> wrong(std::string what) {
  return fail(ErrorKind::usage, std::move(what));
}

bool is_letter_or_digit(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
}

bool consists_of(std::string_view text, std::string_view also) {
  return !text.empty() &&
         std::ranges::all_of(text, [also](char c) { return is_letter_or_digit(c) || also.contains(c); });
}

/// A number from 1 on, written plainly.
Result<std::size_t> number(const std::string& text, std::size_t most) {
  std::size_t value = 0;
  const auto* const end = text.data() + text.size();
  const auto [stop, error] = std::from_chars(text.data(), end, value);
  if (error == std::errc() && stop == end && value >= 1 && value <= most) return value;
  return wrong(fmt::format("'{}' is no number from 1 to {}", text, most));
}

}  // namespace

Result<void> text(const std::string& value, const Answers& /*answers*/) {
  // A line of the configuration is one value, without blanks around it.
  const auto control = [](char c) { return static_cast<unsigned char>(c) < ' ' || c == '\x7f'; };
  if (std::ranges::any_of(value, control)) return wrong("control characters do not belong here");
  if (value.starts_with(' ') || value.ends_with(' ')) return wrong("it begins or ends with a blank");
  return {};
}

Result<void> service(const std::string& value, const Answers& /*answers*/) {
  constexpr std::size_t longest = 253;  // RFC 1035 section 3.1
  if (consists_of(value, "-._") && value.size() <= longest && value.contains('.') && !value.starts_with('.') &&
      !value.contains("..") && !canonical_addresses({value})) {
    return {};
  }
  return wrong(fmt::format("'{}' is no full name of a service, like pbx.example.com", value));
}

Result<void> role(const std::string& value, const Answers& /*answers*/) {
  if (value == "standby" || value == "active") return {};
  return wrong(fmt::format("a host is standby or active, not '{}'", value));
}

Result<void> node(const std::string& value, const Answers& /*answers*/) {
  if (consists_of(value, "-._")) return {};
  return wrong(fmt::format("'{}' is no name of a node: letters, digits, '-', '.' and '_'", value));
}

Result<void> peer(const std::string& value, const Answers& answers) {
  FO_TRY(node(value, answers));
  if (value == answers.first("node")) return wrong(fmt::format("'{}' is the name of this host", value));
  return {};
}

Result<void> address(const std::string& value, const Answers& /*answers*/) {
  if (const auto known = canonical_addresses({value}); !known) {
    return wrong(fmt::format("'{}' is no address, like 192.0.2.11", value));
  }
  return {};
}

Result<void> peer_address(const std::string& value, const Answers& answers) {
  FO_TRY(address(value, answers));
  const auto wanted = FO_TRY(canonical_addresses({value}));
  const auto same = [&](const std::string& own) { return canonical_addresses({own}).value_or(wanted) == wanted; };
  if (std::ranges::any_of(answers.all("address"), same))
    return wrong(fmt::format("{} is the address of this host", value));
  return {};
}

Result<void> machine_id(const std::string& value, const Answers& answers) {
  constexpr std::size_t digits = 32;  // machine-id(5)
  const auto hex = [](char c) { return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f'); };
  if (value.size() != digits || !std::ranges::all_of(value, hex)) {
    return wrong("a machine id has 32 digits from 0 to f, as 'cat /etc/machine-id' prints it there");
  }
  if (value == answers.first("machine-id")) {
    return wrong("that is the machine id of this host; a copied host needs a new one: systemd-machine-id-setup");
  }
  return {};
}

Result<void> pbx(const std::string& value, const Answers& /*answers*/) {
  if (std::ranges::find(presets(), std::string_view(value), &Preset::name) != presets().end()) return {};
  return wrong(fmt::format("'{}' is none of 3cx, asterisk, freepbx and other", value));
}

Result<void> services(const std::string& value, const Answers& /*answers*/) {
  if (value == "sip" || value == "web" || value == "tunnel") return {};
  return wrong(fmt::format("'{}' is none of sip, web and tunnel", value));
}

Result<void> port(const std::string& value, const Answers& /*answers*/) {
  constexpr std::size_t largest = 65535;
  FO_TRY(number(value, largest));
  return {};
}

Result<void> duration(const std::string& value, const Answers& /*answers*/) {
  if (FO_TRY(cli::parse_duration(value)) > Duration::zero()) return {};
  return wrong("it must be above zero");
}

Result<void> fail_when(const std::string& value, const Answers& answers) {
  const auto targets = peer_probes(answers).size();
  if (value == "all" || value == "any" || number(value, std::max<std::size_t>(targets, 1))) return {};
  return wrong(fmt::format("write any, all, or how many of the {} must fail", targets));
}

Result<void> target(const std::string& value, const Answers& /*answers*/) {
  FO_TRY(parse_target(value));
  return {};
}

Result<void> path(const std::string& value, const Answers& answers) {
  FO_TRY(text(value, answers));
  if (value.starts_with('/')) return {};
  return wrong(fmt::format("'{}' is no absolute path", value));
}

Result<void> map(const std::string& value, const Answers& answers) {
  FO_TRY(text(value, answers));
  const auto equals = value.find('=');
  if (equals != std::string::npos && value.substr(equals + 1).starts_with('/')) return {};
  return wrong(fmt::format("'{}' is not PREFIX=DIR, like etc/asterisk=/etc/asterisk", value));
}

Result<void> window(const std::string& value, const Answers& /*answers*/) {
  FO_TRY(parse_daily_window(value));
  return {};
}

Result<void> time_of_day(const std::string& value, const Answers& /*answers*/) {
  // A time is what a window can begin with; one that ends as it begins is none.
  constexpr std::size_t length = 5;
  const bool begins = parse_daily_window(value + "-00:00") || parse_daily_window(value + "-00:01");
  if (value.size() == length && begins) return {};
  return wrong(fmt::format("'{}' is no time of the day, like 04:17", value));
}

Result<void> unit(const std::string& value, const Answers& /*answers*/) {
  if (consists_of(value, ":-_.@\\") && !value.starts_with('-') && value.contains('.')) return {};
  return wrong(fmt::format("'{}' is no name of a unit, like asterisk.service", value));
}

Result<void> fence(const std::string& value, const Answers& answers) {
  FO_TRY(text(value, answers));
  const auto equals = value.find('=');
  const bool named = equals != std::string::npos && equals < value.find(':');
  const auto node = named ? value.substr(0, equals) : std::string();
  if (named && node != answers.first("node") && node != answers.first("peer")) {
    return wrong(
        fmt::format("'{}' is none of the nodes {} and {}", node, answers.first("node"), answers.first("peer")));
  }
  FO_TRY(make_fencer(named ? std::string_view(value).substr(equals + 1) : std::string_view(value), {}));
  return {};
}

Result<void> notify(const std::string& value, const Answers& answers) {
  FO_TRY(text(value, answers));
  FO_TRY(make_notifier(value));
  return {};
}

}  // namespace failover::promote_tool::rules
