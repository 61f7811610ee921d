#include "fo-promote/nodes.hpp"

#include <algorithm>
#include <cstddef>
#include <fstream>
#include <map>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <failover/dns.hpp>
#include <failover/error.hpp>

#include "cli/config_file.hpp"
#include "fo-promote/options.hpp"

namespace failover::promote_tool {

namespace {

/// "NODE=VALUE" or "VALUE". A '=' behind the scheme's ':' belongs to the value.
struct Named {
  std::string node;  ///< empty = bare
  std::string value;
};

Named split(const std::string& text) {
  const auto equals = text.find('=');
  if (equals == std::string::npos || equals > text.find(':')) return {{}, text};
  return {text.substr(0, equals), text.substr(equals + 1)};
}

Result<void> check_unique(const std::vector<cli::NodeSection>& sections) {
  std::set<std::string> names;
  std::set<std::string> ids;
  for (const auto& section : sections) {
    if (!names.insert(section.name).second) {
      return fail(ErrorKind::config, fmt::format("two sections are called [node.{}]", section.name));
    }
    if (!section.machine_id.empty() && !ids.insert(section.machine_id).second) {
      return fail(
          ErrorKind::config,
          fmt::format("two nodes have the machine id {}, one of them is [node.{}]; a copied host needs a new one: "
                      "systemd-machine-id-setup",
                      section.machine_id, section.name));
    }
  }
  return {};
}

const cli::NodeSection* with_machine_id(const std::vector<cli::NodeSection>& sections, std::string_view machine_id) {
  const auto found = std::ranges::find_if(
      sections, [&](const auto& each) { return !machine_id.empty() && each.machine_id == machine_id; });
  return found == sections.end() ? nullptr : &*found;
}

Result<const cli::NodeSection*> own_section(const std::vector<cli::NodeSection>& sections, const std::string& node,
                                            std::string_view machine_id) {
  const auto* by_id = with_machine_id(sections, machine_id);
  if (node.empty()) {
    if (by_id != nullptr) return by_id;
    return fail(ErrorKind::config, "who is this host? No [node.NAME] section has its machine id; add --node NAME");
  }
  const auto named = std::ranges::find(sections, node, &cli::NodeSection::name);
  if (named == sections.end())
    return fail(ErrorKind::config,
                fmt::format("there is no section [node.{}] in the configuration; add it, or name another", node));
  if (by_id != nullptr && by_id->name != node) {
    return fail(ErrorKind::config,
                fmt::format("--node says {}, but this host's machine id is that of [node.{}]", node, by_id->name));
  }
  return &*named;
}

Result<Peer*> peer_named(std::vector<Peer>& peers, const std::string& name, std::string_view option) {
  if (name.empty() && peers.size() == 1) return &peers.front();
  const auto found = std::ranges::find(peers, name, &Peer::name);
  if (found != peers.end()) return &*found;
  std::string known;
  for (const auto& peer : peers) known.append(known.empty() ? "" : ", ").append(peer.name);
  if (name.empty()) {
    return fail(ErrorKind::usage,
                fmt::format("{} must say of which node it is: NODE=VALUE (nodes: {})", option, known));
  }
  return fail(ErrorKind::usage, fmt::format("{}: '{}' is no other node (nodes: {})", option, name, known));
}

Result<void> add_options(std::vector<Peer>& peers, const PromoteOptions& options) {
  for (const auto& text : options.probes) {
    auto [node, value] = split(text);
    FO_TRY(peer_named(peers, node, "--probe"))->probes.push_back(std::move(value));
  }
  for (const auto& text : options.fencers) {
    auto [node, value] = split(text);
    FO_TRY(peer_named(peers, node, "--fence"))->fencers.push_back(std::move(value));
  }
  for (const auto& text : options.powered_off) {
    const auto at = text.rfind('@');
    if (at == std::string::npos || at == 0) {
      return fail(ErrorKind::usage, fmt::format("--i-have-powered-off '{}' is not NODE@TIME", text));
    }
    FO_TRY(peer_named(peers, text.substr(0, at), "--i-have-powered-off"))->word = text.substr(at + 1);
  }
  return {};
}

/// The same agent with the same options, in whichever order: what a copied section leaves.
std::string device_of(const std::string& agent) {
  const auto query = agent.find('?');
  std::set<std::string> options;
  for (std::size_t at = query; at < agent.size();) {
    const auto end = std::min(agent.find('&', at + 1), agent.size());
    options.insert(agent.substr(at + 1, end - at - 1));
    at = end;
  }
  return fmt::format("{}?{}", agent.substr(0, query), fmt::join(options, "&"));
}

/// An agent knows its device and no node: one that two nodes have would switch the wrong one off, this very host
/// perhaps.
Result<void> check_devices(const std::vector<Peer>& peers, const cli::NodeSection& own) {
  std::map<std::string, std::string> taken;
  const auto take = [&taken](const std::string& node, const std::vector<std::string>& fencers) -> Result<void> {
    for (const auto& fencer : fencers) {
      if (!fencer.starts_with("agent:")) continue;
      const auto [place, is_new] = taken.emplace(device_of(fencer), node);
      if (is_new || place->second == node) continue;
      return fail(ErrorKind::config, fmt::format("{} and {} have the same fencer {}: it would switch the wrong one off",
                                                 place->second, node, fencer));
    }
    return {};
  };
  FO_TRY(take(own.name, own.fencers));
  for (const auto& peer : peers) FO_TRY(take(peer.name, peer.fencers));
  return {};
}

Result<std::vector<std::string>> addresses_of(const cli::NodeSection& section) {
  const auto addresses = canonical_addresses(section.addresses);
  if (addresses) return *addresses;
  return fail(ErrorKind::config, fmt::format("[node.{}]: {}", section.name, addresses.error().message));
}

}  // namespace

Result<Cast> cast_nodes(const std::vector<cli::NodeSection>& sections, const PromoteOptions& options,
                        std::string_view machine_id) {
  FO_TRY(check_unique(sections));
  const auto* own = FO_TRY(own_section(sections, options.node, machine_id));
  Cast cast{own->name, FO_TRY(addresses_of(*own)), {}};
  std::set<std::string> taken(cast.addresses.begin(), cast.addresses.end());
  for (const auto& section : sections) {
    if (section.name == own->name) continue;
    Peer peer{section.name, FO_TRY(addresses_of(section)), section.probes, section.fencers, {}};
    for (const auto& address : peer.addresses) {
      if (taken.insert(address).second) continue;
      return fail(ErrorKind::config,
                  fmt::format("[node.{}] has the address {} of another node", section.name, address));
    }
    cast.peers.push_back(std::move(peer));
  }
  FO_TRY(add_options(cast.peers, options));
  FO_TRY(check_devices(cast.peers, *own));
  return cast;
}

std::string machine_id_of_this_host() {
  std::ifstream file("/etc/machine-id");
  std::string id;
  std::getline(file, id);
  return id;
}

}  // namespace failover::promote_tool
