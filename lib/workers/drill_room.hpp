#pragma once

#include <string>
#include <utility>
#include <vector>

#include <failover/context.hpp>
#include <failover/observer.hpp>

namespace failover {

/// What is to be rehearsed.
struct DrillOrder {
  std::string hook;
  std::vector<std::pair<std::string, std::string>> environment;
  std::vector<std::string> addresses;  ///< of this host, numeric; the room has them, too
  std::vector<Target> services;
  std::vector<std::string> read_only;  ///< directories that nothing in the room may write to
  Duration limit{};                    ///< of the hook, and again until every service answers
};

/// Makes this process, which is the first of its process namespace, a host of its own: no network but a loopback with
/// the addresses, no way to the host's managers of services, the directories read-only. Then runs the hook and waits
/// until every service answers.
/// @return the text of a JSON object: ok, message, hook_ms, services_ms, services
std::string rehearse(const DrillOrder& order);

}  // namespace failover
