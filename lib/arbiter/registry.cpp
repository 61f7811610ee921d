#include "failover/registry.hpp"

#include <array>
#include <memory>
#include <string_view>

#include <fmt/format.h>

#include <failover/arbiter.hpp>
#include <failover/error.hpp>

#include "arbiter/operator_arbiter.hpp"

namespace failover {

namespace {

struct ArbiterRow {
  std::string_view name;
  Result<std::unique_ptr<Arbiter>> (*make)(std::string_view spec, const ArbiterOptions& options);
};

constexpr std::array arbiters{
    ArbiterRow{"operator",
               [](std::string_view /*spec*/, const ArbiterOptions& options) -> Result<std::unique_ptr<Arbiter>> {
                 return make_operator_arbiter(options);
               }},
};

}  // namespace

Result<std::unique_ptr<Arbiter>> make_arbiter(std::string_view spec, const ArbiterOptions& options) {
  for (const auto& row : arbiters) {
    if (spec == row.name) return row.make(spec, options);
  }
  return fail(ErrorKind::usage, fmt::format("'{}' is no arbiter; known is: operator", spec));
}

}  // namespace failover
