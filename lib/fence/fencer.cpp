#include <failover/context.hpp>
#include <failover/error.hpp>
#include <failover/fencer.hpp>

namespace failover {

Result<void> Fencer::give_back(const FenceTarget& target, const Context& /*context*/) {
  return fail(ErrorKind::refused, describe() + " cannot tell " + target.node + " to start its services");
}

}  // namespace failover
