#pragma once

#include <failover/dns.hpp>
#include <failover/error.hpp>

namespace failover {

/// What a name is moved by: it has addresses, it is an alias, or it has SRV records.
enum class RecordShape { nothing, addresses, alias, srv };

RecordShape shape_of(const ServiceRecord& record) noexcept;

/// A name stays what it is: refused is making addresses, an alias and SRV records into one another, and taking the last
/// target away. Pure.
Result<void> check_shape(const ServiceRecord& from, const ServiceRecord& to);

}  // namespace failover
