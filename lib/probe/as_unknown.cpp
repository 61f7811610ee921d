#include "probe/as_unknown.hpp"

#include <string_view>

#include <fmt/format.h>

#include <failover/error.hpp>
#include <failover/observer.hpp>

namespace failover {

Observation as_unknown(Observation observation, std::string_view reason) {
  observation.detail = fmt::format("{}, {}", observation.detail, reason);
  observation.health = fail(ErrorKind::unreachable, observation.detail);
  observation.grade = Grade::ok;
  return observation;
}

}  // namespace failover
