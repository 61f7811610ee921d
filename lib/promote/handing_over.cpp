#include "promote/handing_over.hpp"

#include <chrono>
#include <memory>
#include <string>
#include <vector>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <failover/context.hpp>
#include <failover/error.hpp>
#include <failover/fencer.hpp>
#include <failover/observer.hpp>
#include <failover/promoter.hpp>

#include "core/pause.hpp"
#include "promote/gather.hpp"

namespace failover {

namespace {

constexpr Duration between_looks = std::chrono::milliseconds(200);

}  // namespace

Result<Fencer*> one_that_gives_back(PromotionPeer& peer, const Context& context) {
  std::vector<std::string> reasons;
  for (const auto& fencer : peer.fencers) {
    if (!fencer->gives_back()) {
      reasons.push_back(fencer->describe() + " cannot tell it to start");
      continue;
    }
    const auto status = fencer->status(fence_target(peer, 0), context);
    if (status) return fencer.get();
    reasons.push_back(status.error().message);
  }
  return fail(ErrorKind::refused, fmt::format("nobody can tell {} to start its services: {}", peer.name,
                                              reasons.empty() ? std::string("it has no fencer")
                                                              : fmt::format("{}", fmt::join(reasons, "; "))));
}

Result<void> await_sound(const PromotionPeer& peer, Observer& observer, const Context& context) {
  while (true) {
    const auto verdict = judge(observer.observe(peer.probes, context), Policy{});
    if (verdict.health && *verdict.health == Health::up) return {};
    FO_TRY(while_doing(
        fmt::format("{} was told to start but is {}: {}", peer.name, to_string(verdict.health), verdict.reason),
        pause_between_tries(between_looks, context)));
  }
}

}  // namespace failover
