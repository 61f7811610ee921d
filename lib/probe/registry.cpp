#include "probe/registry.hpp"

#include <algorithm>
#include <array>
#include <ranges>
#include <span>
#include <string_view>

#include "probe/dns.hpp"
#include "probe/exec.hpp"
#include "probe/http.hpp"
#include "probe/icmp.hpp"
#include "probe/sip.hpp"
#include "probe/tcp.hpp"
#include "probe/tls.hpp"
#include "probe/tunnel.hpp"

namespace failover {

namespace {

constexpr int missing = TargetKind::port_missing;
constexpr auto none = TargetPath::none;
constexpr int portless = TargetKind::portless;
constexpr auto page = TargetPath::page;
constexpr auto name = TargetPath::name;
constexpr auto program = TargetPath::program;

constexpr std::array kinds{
    TargetKind{"sip", 5060, false, none, "name transport", &start_sip, nullptr},
    TargetKind{"sips", 5061, false, none, "name verify", &start_sip, nullptr},
    TargetKind{"http", 80, false, page, "name expect body", &start_http, nullptr},
    TargetKind{"https", 443, false, page, "name expect body verify", &start_http, nullptr},
    TargetKind{"tcp", missing, true, none, "", &start_tcp, nullptr},
    TargetKind{"tls", missing, false, none, "name verify", &start_tls, nullptr},
    TargetKind{"tunnel", 5090, true, none, "", &start_tunnel, nullptr},
    TargetKind{"dns", 53, false, name, "type", &start_dns, nullptr},
    TargetKind{"icmp", portless, true, none, "", &start_icmp, nullptr},
    TargetKind{"exec", portless, false, program, "arg", nullptr, &start_exec},
};

}  // namespace

bool TargetKind::takes(std::string_view parameter) const noexcept {
  return std::ranges::any_of(parameters | std::views::split(' '),
                             [&](auto word) { return std::string_view(word) == parameter; });
}

std::span<const TargetKind> target_kinds() noexcept {
  return kinds;
}

const TargetKind* find_target_kind(std::string_view scheme) noexcept {
  const auto* const found = std::ranges::find(kinds, scheme, &TargetKind::scheme);
  return found == kinds.end() ? nullptr : found;
}

}  // namespace failover
