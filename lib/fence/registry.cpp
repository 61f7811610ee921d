#include "failover/registry.hpp"

#include <array>
#include <memory>
#include <string_view>

#include <fmt/format.h>

#include <failover/error.hpp>
#include <failover/fencer.hpp>

#include "fence/agent_fencer.hpp"
#include "fence/exec_fencer.hpp"
#include "fence/operator_fencer.hpp"
#include "fence/ssh_fencer.hpp"

namespace failover {

namespace {

struct FencerRow {
  std::string_view opening;
  bool whole;  ///< the opening is all there is
  Result<std::unique_ptr<Fencer>> (*make)(std::string_view spec, std::string_view word);
};

constexpr std::array fencers{
    FencerRow{"agent:", false,
              [](std::string_view spec, std::string_view /*word*/) { return make_agent_fencer(spec); }},
    FencerRow{"exec://", false,
              [](std::string_view spec, std::string_view /*word*/) { return make_exec_fencer(spec); }},
    FencerRow{"operator", true,
              [](std::string_view /*spec*/, std::string_view word) { return make_operator_fencer(word); }},
    FencerRow{"ssh://", false, [](std::string_view spec, std::string_view /*word*/) { return make_ssh_fencer(spec); }},
};

}  // namespace

Result<std::unique_ptr<Fencer>> make_fencer(std::string_view spec, std::string_view word) {
  for (const auto& row : fencers) {
    if (row.whole ? spec == row.opening : spec.starts_with(row.opening)) return row.make(spec, word);
  }
  return fail(ErrorKind::usage,
              fmt::format("'{}' is no fencer; known are agent:fence_NAME?OPTION=VALUE, "
                          "exec:///FILE?kind=power|service, ssh://USER@HOST?identity-file=FILE and operator",
                          spec));
}

}  // namespace failover
