#include <algorithm>
#include <array>
#include <string_view>
#include <utility>

#include "probe/http.hpp"
#include "probe/prober.hpp"
#include "probe/sip_udp.hpp"
#include "probe/tcp.hpp"
#include "probe/tunnel.hpp"

namespace failover {

namespace {

constexpr std::array<std::pair<std::string_view, StartCheck>, 5> probers{{{"sip", &start_sip_udp},
                                                                          {"http", &start_http},
                                                                          {"https", &start_http},
                                                                          {"tcp", &start_tcp},
                                                                          {"tunnel", &start_tunnel}}};

}  // namespace

StartCheck find_prober(std::string_view scheme) noexcept {
  const auto* const found = std::ranges::find(probers, scheme, &decltype(probers)::value_type::first);
  return found == probers.end() ? nullptr : found->second;
}

}  // namespace failover
