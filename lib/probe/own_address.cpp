#include "probe/own_address.hpp"

#include <span>
#include <string>
#include <vector>

#include <fmt/format.h>

#include <failover/error.hpp>

#include "core/system_error.hpp"
#include "net/address.hpp"
#include "net/socket.hpp"

namespace failover {

Result<void> refuse_own_address(std::span<const Address> asked, const std::vector<std::string>& also_ours) {
  const auto interfaces = interface_addresses();
  if (!interfaces) return std::unexpected(system_error(interfaces.error(), "could not ask: listing our own addresses"));
  auto ours = *interfaces;
  for (const auto& text : also_ours) {
    const auto address = Address::parse(text, 0);
    if (!address) return fail(ErrorKind::config, fmt::format("'{}' is not an address of this node", text));
    ours.push_back(*address);
  }
  for (const auto& address : asked) {
    for (const auto& own : ours) {
      if (!address.same_host(own)) continue;
      return fail(
          ErrorKind::refused,
          fmt::format("{} is an address of this host, which would watch itself; name the other host's own address",
                      address.host()));
    }
  }
  return {};
}

}  // namespace failover
