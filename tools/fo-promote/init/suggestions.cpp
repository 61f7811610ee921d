#include "fo-promote/init/suggestions.hpp"

#include <algorithm>
#include <array>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "fo-promote/init/answers.hpp"
#include "fo-promote/init/presets.hpp"
#include "fo-promote/init/surroundings.hpp"

namespace failover::promote_tool::suggest {

namespace {

bool holds(const Values& values, const std::string& value) {
  return std::ranges::find(values, value) != values.end();
}

Values one(std::string_view value) {
  return value.empty() ? Values{} : Values{std::string(value)};
}

Values first_that_is_there(const Values& files, const Surroundings& around) {
  for (const auto& file : files) {
    if (around.is_there(file)) return {file};
  }
  return {};
}

/// HOST of scheme://[USER@]HOST[:PORT]/..; empty for one with brackets, which no default needs.
std::string host_of(const std::string& url) {
  const auto begin = url.find("://");
  if (begin == std::string::npos) return {};
  auto place = url.substr(begin + 3, url.find_first_of("/?", begin + 3) - begin - 3);
  if (const auto at = place.rfind('@'); at != std::string::npos) place.erase(0, at + 1);
  return place.starts_with('[') ? std::string() : place.substr(0, place.find_first_of(":,"));
}

/// Where the PBX serves now.
const std::string& serving_address(const Answers& answers) {
  return answers.first(answers.is("role", "active") ? "address" : "peer-address");
}

/// The PBX's own web port before the one that is usual beside it.
Values web_ports(const Answers& answers) {
  if (answers.has("web-port")) return answers.all("web-port");
  const std::string usual(preset(answers.first("pbx")).web_port);
  return {usual, usual == "443" ? "5001" : "443"};
}

std::string web_at(const Answers& answers, const std::string& port) {
  auto asked = answers;
  asked.set("services", {"web"});
  asked.set("web-port", {port});
  return targets_at(asked, serving_address(answers)).front();
}

/// What is probably up whenever this host is not cut off: resolvers, name servers, the gateway.
Values candidates(const Answers& answers, const HostFacts& host) {
  Values targets;
  std::set<std::string> taken;
  const auto add = [&](const std::string& scheme, const std::string& place, const std::string& port) {
    const bool own = holds(host.addresses, place) || holds(answers.all("peer-address"), place);
    if (!place.empty() && !own && taken.insert(place).second) targets.push_back(scheme + "://" + place + port);
  };
  for (const auto& gateway : host.gateways) add("icmp", gateway, "");
  for (const auto& resolver : host.resolvers) {
    if (!resolver.contains(':')) add("tcp", resolver, ":53");
  }
  for (const auto& view : answers.all("dns")) {
    if (view.starts_with("rfc2136://")) add("tcp", host_of(view), ":53");
    if (view.starts_with("powerdns+https://")) add("tcp", host_of(view), ":443");
  }
  const auto& source = answers.first("source");
  if (source.starts_with("sftp://")) add("tcp", host_of(source), ":22");
  if (source.starts_with("smb://")) add("tcp", host_of(source), ":445");
  return targets;
}

}  // namespace

std::string counterpart_name(std::string_view name) {
  constexpr std::array<std::pair<std::string_view, std::string_view>, 5> pairs{
      {{"standby", "active"}, {"1", "2"}, {"-a", "-b"}, {"primary", "secondary"}, {"old", "new"}}};
  for (const auto& [one_end, other_end] : pairs) {
    for (const auto& [end, instead] : {std::pair(one_end, other_end), std::pair(other_end, one_end)}) {
      if (name.ends_with(end)) return std::string(name.substr(0, name.size() - end.size())) + std::string(instead);
    }
  }
  return {};
}

Values role(const Answers& /*answers*/, Surroundings& /*around*/) {
  return {"standby"};
}

Values node(const Answers& /*answers*/, Surroundings& around) {
  return one(around.host().name);
}

Values address(const Answers& /*answers*/, Surroundings& around) {
  const auto& own = around.host().addresses;
  return own.empty() ? Values{} : Values{own.front()};
}

Values peer(const Answers& answers, Surroundings& /*around*/) {
  return one(counterpart_name(answers.first("node")));
}

Values peer_address(const Answers& answers, Surroundings& around) {
  // The name is where the active host is.
  if (!answers.is("role", "standby") || answers.first("service").empty()) return {};
  auto named = around.addresses_of(answers.first("service"));
  std::erase_if(named, [&](const std::string& each) {
    return holds(around.host().addresses, each) || holds(answers.all("address"), each);
  });
  return named;
}

Values pbx(const Answers& /*answers*/, Surroundings& around) {
  for (const auto& each : presets()) {
    if (!each.sign.empty() && around.is_there(std::string(each.sign))) return one(each.name);
  }
  return {"other"};
}

Values services(const Answers& answers, Surroundings& around) {
  const auto& usual = preset(answers.first("pbx")).services;
  const auto& where = serving_address(answers);
  if (where.empty()) return usual;
  auto asked = answers;
  asked.set("services", {"sip", "tunnel"});
  auto targets = targets_at(asked, where);
  for (const auto& port : web_ports(answers)) targets.push_back(web_at(answers, port));
  const auto up = around.answering(targets);
  Values found;
  for (const auto& [scheme, service] : {std::pair("sip", "sip"), {"https", "web"}, {"tunnel", "tunnel"}}) {
    const auto is_one = [scheme](const std::string& target) { return target.starts_with(scheme); };
    if (std::ranges::any_of(up, is_one)) found.emplace_back(service);
  }
  return found.empty() ? usual : found;
}

Values web_port(const Answers& answers, Surroundings& around) {
  const auto ports = web_ports(answers);
  if (serving_address(answers).empty()) return {ports.front()};
  for (const auto& port : ports) {
    if (!around.answering({web_at(answers, port)}).empty()) return {port};
  }
  return {ports.front()};
}

Values interval(const Answers& /*answers*/, Surroundings& /*around*/) {
  return {"30s"};
}

Values fail_when(const Answers& /*answers*/, Surroundings& /*around*/) {
  return {"all"};
}

Values identity_file(const Answers& /*answers*/, Surroundings& around) {
  return first_that_is_there({"/etc/failover/id_ed25519"}, around);
}

Values known_hosts(const Answers& /*answers*/, Surroundings& around) {
  return first_that_is_there({"/etc/failover/known_hosts"}, around);
}

Values restore_hook(const Answers& answers, Surroundings& /*around*/) {
  return one(preset(answers.first("pbx")).restore_hook);
}

Values restore_at(const Answers& /*answers*/, Surroundings& /*around*/) {
  return {"04:17"};
}

Values unit(const Answers& answers, Surroundings& around) {
  auto units = preset(answers.first("pbx")).units;
  std::erase_if(units, [&](const std::string& each) { return !around.has_unit(each); });
  return units;
}

Values start_hook(const Answers& answers, Surroundings& /*around*/) {
  return one(preset(answers.first("pbx")).start_hook);
}

Values stop_hook(const Answers& answers, Surroundings& /*around*/) {
  return one(preset(answers.first("pbx")).stop_hook);
}

Values dns(const Answers& answers, Surroundings& /*around*/) {
  // Only 3CX itself moves the names that it gives.
  const auto& name = answers.first("service");
  return name.contains(".3cx.") || name.contains(".my3cx.") ? Values{"observe://"} : Values{};
}

Values ttl(const Answers& /*answers*/, Surroundings& /*around*/) {
  return {"60s"};
}

Values reference(const Answers& answers, Surroundings& around) {
  return around.answering(candidates(answers, around.host()));
}

Values person(const Answers& /*answers*/, Surroundings& /*around*/) {
  return {"operator"};
}

}  // namespace failover::promote_tool::suggest
