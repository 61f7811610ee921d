#include "promote/ready_rows.hpp"

#include <algorithm>
#include <string>
#include <string_view>
#include <utility>

#include <failover/error.hpp>
#include <failover/promoter.hpp>
#include <failover/role.hpp>

#include "promote/dns_case.hpp"

namespace failover {

void ReadyRows::add(std::string_view name, std::string about, ReadyGrade grade, std::string finding,
                    std::string remedy) {
  if (std::ranges::find(readiness.skip, name) != readiness.skip.end()) return;
  // Messages of a view begin with its name, too.
  if (const auto prefix = about + ": "; !about.empty() && finding.starts_with(prefix)) finding.erase(0, prefix.size());
  rows.push_back({std::string(name), std::move(about), grade, std::move(finding), std::move(remedy)});
}

const PeerFacts* ReadyRows::active() const noexcept {
  const auto& seen = facts.promotion;
  const auto named = [&](const auto& wanted) -> const PeerFacts* {
    const auto found = std::ranges::find_if(seen.peers, wanted);
    return found == seen.peers.end() ? nullptr : &*found;
  };
  if (facts.keeps_record && seen.arbiter && seen.arbiter->active) {
    return named([&](const PeerFacts& peer) { return peer.name == *seen.arbiter->active; });
  }
  for (const auto& view : seen.views) {
    if (!view.current) continue;
    const auto* at = named([&](const PeerFacts& peer) { return is_at(*view.current, peer.addresses); });
    if (at != nullptr) return at;
  }
  return seen.peers.size() == 1 ? seen.peers.data() : nullptr;
}

bool is_clock_error(const Result<void>& access) {
  return !access && access.error().message.contains("BADTIME");
}

}  // namespace failover
