#include "fo-promote/init/host_facts.hpp"

#include <algorithm>
#include <array>
#include <cstdint>
#include <fstream>
#include <ios>
#include <iterator>
#include <memory>
#include <sstream>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <arpa/inet.h>
#include <fmt/format.h>
#include <ifaddrs.h>
#include <net/if.h>
#include <netinet/in.h>
#include <unistd.h>

#include "fo-promote/init/surroundings.hpp"
#include "fo-promote/nodes.hpp"

namespace failover::promote_tool {

namespace {

std::string content_of(const char* path) {
  std::ifstream file(path);
  return {std::istreambuf_iterator<char>(file), {}};
}

std::string short_name() {
  std::array<char, 256> name{};
  if (::gethostname(name.data(), name.size() - 1) != 0) return {};
  const std::string full(name.data());
  return full.substr(0, full.find('.'));
}

/// An address that another host could reach; empty for loopback and link-local ones.
std::string reachable(const sockaddr& address) {
  std::array<char, INET6_ADDRSTRLEN> text{};
  if (address.sa_family == AF_INET) {
    const auto& four = reinterpret_cast<const sockaddr_in&>(address).sin_addr;
    const auto number = ntohl(four.s_addr);
    constexpr std::uint32_t loopback = 127, link_local = 0xA9FE;
    if (number >> 24U == loopback || number >> 16U == link_local) return {};
    return ::inet_ntop(AF_INET, &four, text.data(), text.size()) == nullptr ? std::string() : text.data();
  }
  if (address.sa_family != AF_INET6) return {};
  const auto& six = reinterpret_cast<const sockaddr_in6&>(address).sin6_addr;
  if (IN6_IS_ADDR_LOOPBACK(&six) || IN6_IS_ADDR_LINKLOCAL(&six)) return {};
  return ::inet_ntop(AF_INET6, &six, text.data(), text.size()) == nullptr ? std::string() : text.data();
}

std::vector<std::string> own_addresses() {
  ifaddrs* list = nullptr;
  if (::getifaddrs(&list) != 0) return {};
  const std::unique_ptr<ifaddrs, decltype(&::freeifaddrs)> owner(list, ::freeifaddrs);
  std::vector<std::string> four;
  std::vector<std::string> six;
  for (const auto* each = list; each != nullptr; each = each->ifa_next) {
    if (each->ifa_addr == nullptr || (each->ifa_flags & IFF_UP) == 0) continue;
    auto text = reachable(*each->ifa_addr);
    if (!text.empty()) (text.contains(':') ? six : four).push_back(std::move(text));
  }
  four.insert(four.end(), six.begin(), six.end());
  return four;
}

/// Of /proc/net/route: interface, destination 0, gateway in the host's byte order.
std::vector<std::string> default_gateways() {
  std::istringstream lines(content_of("/proc/net/route"));
  std::vector<std::string> gateways;
  for (std::string line; std::getline(lines, line);) {
    std::istringstream fields(line);
    std::string device;
    std::string destination;
    std::uint32_t gateway = 0;
    if (!(fields >> device >> destination >> std::hex >> gateway) || destination != "00000000" || gateway == 0)
      continue;
    const in_addr address{gateway};
    std::array<char, INET_ADDRSTRLEN> text{};
    if (::inet_ntop(AF_INET, &address, text.data(), text.size()) != nullptr) gateways.emplace_back(text.data());
  }
  return gateways;
}

}  // namespace

std::vector<std::string> resolvers_in(std::string_view resolv_conf) {
  std::istringstream lines{std::string(resolv_conf)};
  std::vector<std::string> resolvers;
  for (std::string line; std::getline(lines, line);) {
    std::istringstream words(line);
    std::string key;
    std::string address;
    if (!(words >> key >> address) || key != "nameserver") continue;
    if (address.starts_with("127.") || address == "::1") continue;
    if (std::ranges::find(resolvers, address) == resolvers.end()) resolvers.push_back(address);
  }
  return resolvers;
}

HostFacts facts_of_this_host() {
  return {.name = short_name(),
          .machine_id = machine_id_of_this_host(),
          .addresses = own_addresses(),
          .gateways = default_gateways(),
          .resolvers = resolvers_in(content_of("/etc/resolv.conf"))};
}

}  // namespace failover::promote_tool
