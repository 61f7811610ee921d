#include "promote/gateway.hpp"

#include <cstddef>
#include <cstdint>
#include <sstream>
#include <string>
#include <string_view>
#include <vector>

#include <fmt/format.h>

#include "core/file_io.hpp"
#include "core/whole_number.hpp"

namespace failover {

namespace {

constexpr std::size_t table_limit = 4UL * 1024 * 1024;

}  // namespace

std::vector<std::string> default_gateways(std::string_view route_table) {
  std::vector<std::string> gateways;
  std::istringstream lines{std::string(route_table)};
  std::string line;
  while (std::getline(lines, line)) {
    std::istringstream fields(line);
    std::string device;
    std::string destination;
    std::string gateway;
    fields >> device >> destination >> gateway;
    if (destination != "00000000") continue;
    const auto value = whole_number<std::uint32_t>(gateway, 16).value_or(0);
    if (value == 0) continue;
    // The kernel prints the address in network order as a number of this machine's order (little endian).
    gateways.push_back(fmt::format("{}.{}.{}.{}", value & 255U, value >> 8U & 255U, value >> 16U & 255U, value >> 24U));
  }
  return gateways;
}

std::vector<std::string> gateways_of_this_host() {
  const auto table = read_file("/proc/net/route", table_limit);
  return table ? default_gateways(*table) : std::vector<std::string>{};
}

}  // namespace failover
