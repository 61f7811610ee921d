#include "dns/record_shape.hpp"

#include <failover/dns.hpp>
#include <failover/error.hpp>

namespace failover {

RecordShape shape_of(const ServiceRecord& record) noexcept {
  if (!record.addresses.empty()) return RecordShape::addresses;
  if (record.targets.empty()) return RecordShape::nothing;
  return record.targets.front().srv ? RecordShape::srv : RecordShape::alias;
}

Result<void> check_shape(const ServiceRecord& from, const ServiceRecord& to) {
  const auto before = shape_of(from);
  const auto after = shape_of(to);
  const bool first_address = before == RecordShape::nothing && after == RecordShape::addresses;
  const bool both = !to.addresses.empty() && !to.targets.empty();
  if ((before == after || first_address) && !both) return {};
  return fail(ErrorKind::refused,
              "a name with addresses, an alias and SRV records are not made into one another; do that by hand");
}

}  // namespace failover
