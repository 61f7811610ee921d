#include <algorithm>
#include <cstddef>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include <failover/context.hpp>
#include <failover/error.hpp>
#include <failover/observer.hpp>
#include <failover/promoter.hpp>
#include <failover/restorer.hpp>
#include <failover/role.hpp>

#include "core/ascii.hpp"
#include "promote/gather.hpp"
#include "promote/host_facts.hpp"
#include "state/promotion_journal.hpp"
#include "state/restored_generation.hpp"
#include "state/role_file.hpp"
#include "state/state_dir.hpp"

namespace failover {

namespace {

constexpr std::size_t most_gateways = 16;

std::optional<BackupContents> restored_contents(const StateDir& state) {
  const auto restored = read_restored_generation(state).value_or(std::nullopt);
  if (!restored) return std::nullopt;
  BackupContents contents;
  contents.kind = restored->kind.value_or(contents.kind);
  contents.version = restored->version;
  contents.fqdn = restored->fqdn;
  contents.extensions = restored->extensions;
  contents.gateways = restored->gateways;
  contents.certificates = restored->certificates;
  return contents;
}

/// A name or address and nothing else: it comes from a backup, and becomes part of a target.
bool is_host(std::string_view text) noexcept {
  return consists_of_alphanumerics(text, ".-:");
}

/// OPTIONS over UDP and over TCP: which of them it speaks is not in every backup.
std::vector<Target> targets_of(const BackupGateway& gateway) {
  std::vector<Target> targets;
  if (!is_host(gateway.host)) return targets;
  const auto host = gateway.host.contains(':') ? "[" + gateway.host + "]" : gateway.host;
  const auto port = gateway.port ? fmt::format(":{}", *gateway.port) : std::string();
  for (const auto* transport : {"udp", "tcp"}) {
    if (auto target = parse_target(fmt::format("sip://{}{}?transport={}", host, port, transport))) {
      targets.push_back(std::move(*target));
    }
  }
  return targets;
}

std::vector<GatewayFacts> ask_gateways(const BackupContents& contents, Observer& observer, const Context& context) {
  std::vector<GatewayFacts> asked;
  std::vector<Target> targets;
  for (const auto& gateway : contents.gateways.value_or(std::vector<BackupGateway>{})) {
    auto its = targets_of(gateway);
    if (its.empty() || asked.size() == most_gateways) continue;
    asked.push_back({gateway.name.empty() ? gateway.host : gateway.name, {}});
    targets.insert(targets.end(), its.begin(), its.end());
  }
  auto seen = observer.observe(targets, context);
  for (std::size_t i = 0; i < seen.size() && i / 2 < asked.size(); ++i) {
    asked[i / 2].observations.push_back(std::move(seen[i]));
  }
  return asked;
}

std::vector<HookFacts> look_at_hooks(const PromotionSettings& settings) {
  std::vector<HookFacts> hooks;
  const auto look = [&](std::string_view name, const std::optional<std::filesystem::path>& program) {
    if (program) hooks.push_back({std::string(name), check_program(*program)});
  };
  look("pre-hook", settings.pre_hook);
  look("start-hook", settings.start_hook);
  look("post-hook", settings.post_hook);
  return hooks;
}

}  // namespace

ReadyFacts gather_readiness(const PromotionSettings& settings, const ReadySettings& readiness, PromotionParts& parts,
                            const Context& context) {
  const auto state = StateDir::at(settings.state_dir);
  const auto history = PromotionJournal::read(state);
  const auto role = read_role(state);
  ReadyFacts facts;
  if (!history) facts.memory = std::unexpected(history.error());
  if (!role) facts.memory = std::unexpected(role.error());
  facts.promotion = gather_promotion_facts(settings, parts, state, history.value_or(PromotionHistory{}),
                                           role.value_or(std::nullopt), context);
  facts.keeps_record = parts.arbiter.keeps_record();
  facts.hooks = look_at_hooks(settings);
  facts.free_bytes = free_bytes_at(settings.state_dir);
  facts.clock_set = clock_is_kept();
  facts.contents = restored_contents(state);
  const bool wanted = std::ranges::find(readiness.skip, "gateways") == readiness.skip.end();
  if (facts.contents && wanted) facts.gateways = ask_gateways(*facts.contents, parts.observer, context);
  facts.drills = read_drills(settings.state_dir);
  return facts;
}

}  // namespace failover
