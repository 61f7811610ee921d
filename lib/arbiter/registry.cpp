#include "failover/registry.hpp"

#include <array>
#include <memory>
#include <string_view>

#include <fmt/format.h>

#include <failover/arbiter.hpp>
#include <failover/error.hpp>

#include "arbiter/dns_arbiter.hpp"
#include "arbiter/etcd_arbiter.hpp"
#include "arbiter/operator_arbiter.hpp"

namespace failover {

namespace {

struct ArbiterRow {
  std::string_view name;  ///< the whole, or the beginning of a URL
  Result<std::unique_ptr<Arbiter>> (*make)(std::string_view spec, const ArbiterOptions& options);
};

constexpr std::array arbiters{
    ArbiterRow{"etcd://", make_etcd_arbiter},
    ArbiterRow{"etcd+https://", make_etcd_arbiter},
    ArbiterRow{"dns",
               [](std::string_view /*spec*/, const ArbiterOptions& options) { return make_dns_arbiter(options); }},
    ArbiterRow{"operator",
               [](std::string_view /*spec*/, const ArbiterOptions& options) -> Result<std::unique_ptr<Arbiter>> {
                 return make_operator_arbiter(options);
               }},
};

}  // namespace

Result<std::unique_ptr<Arbiter>> make_arbiter(std::string_view spec, const ArbiterOptions& options) {
  for (const auto& row : arbiters) {
    const bool is_url = row.name.ends_with("://");
    if (is_url ? spec.starts_with(row.name) : spec == row.name) return row.make(spec, options);
  }
  return fail(ErrorKind::usage,
              fmt::format("'{}' is no arbiter; known are: operator, dns, etcd://HOST:2379[,HOST:2379..]/PREFIX", spec));
}

}  // namespace failover
