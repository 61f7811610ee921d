#include "state/target_identity.hpp"

#include <string>
#include <string_view>

#include <fmt/format.h>

#include <failover/observer.hpp>

#include "core/ascii.hpp"
#include "core/url.hpp"

namespace failover {

std::string target_identity(std::string_view text) {
  const auto target = parse_target(text);
  if (!target) return std::string(text);
  const auto host = ascii_lower(target->host);
  auto result = fmt::format("{}://{}{}", target->scheme, host_and_port(host, target->port), target->path);
  for (const auto& [name, value] : target->parameters) result += fmt::format("?{}={}", name, value);
  return result;
}

}  // namespace failover
