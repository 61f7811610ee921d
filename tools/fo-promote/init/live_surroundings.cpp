#include "fo-promote/init/live_surroundings.hpp"

#include <algorithm>
#include <array>
#include <chrono>
#include <filesystem>
#include <string>
#include <string_view>
#include <system_error>
#include <utility>
#include <vector>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <failover/context.hpp>
#include <failover/dns.hpp>
#include <failover/observer.hpp>
#include <failover/registry.hpp>

#include "fo-promote/init/answers.hpp"
#include "fo-promote/init/live_checks.hpp"
#include "fo-promote/init/surroundings.hpp"

namespace failover::promote_tool {

namespace {

using Findings = std::vector<Finding>;

constexpr auto patience = std::chrono::seconds(5);
constexpr std::array<std::string_view, 4> unit_folders{"/etc/systemd/system", "/run/systemd/system",
                                                       "/usr/lib/systemd/system", "/lib/systemd/system"};

bool holds(const std::vector<std::string>& values, const std::string& value) {
  return std::ranges::find(values, value) != values.end();
}

/// The file that completes the way to the store: only then it can be looked at.
bool completes_access(std::string_view flag, const Answers& answers) {
  const auto& source = answers.first("source");
  const auto is = [&](std::string_view scheme) { return source.starts_with(scheme); };
  if (is("sftp://")) return flag == "known-hosts";
  if (is("smb://"))
    return flag == (answers.has("smb-guest") || answers.has("smb-kerberos") ? "source" : "password-file");
  if (is("ftp://") || is("ftps://")) return flag == "password-file";
  if (is("s3://") || is("gs://") || is("https://")) return flag == "credentials-file";
  return flag == "source";
}

Findings role(const Answers& answers, const HostFacts& host, const std::vector<std::string>& named) {
  const auto own = [&](const std::string& each) { return holds(host.addresses, each); };
  const bool here = std::ranges::any_of(named, own);
  if (named.empty() || here == answers.is("role", "active")) return {};
  return {{FindingGrade::doubt, fmt::format("{} points at {}, which is {}this host", answers.first("service"),
                                            fmt::join(named, ", "), here ? "" : "not ")}};
}

Findings address(const Answers& answers, const HostFacts& host) {
  Findings found;
  for (const auto& each : answers.all("address")) {
    if (holds(host.addresses, each)) continue;
    found.push_back(
        {FindingGrade::doubt, fmt::format("no interface of this host has {}; that is right behind a NAT only", each)});
  }
  return found;
}

Findings peer_address(const Answers& answers, const HostFacts& host) {
  Findings found;
  for (const auto& each : answers.all("peer-address")) {
    if (holds(host.addresses, each))
      found.push_back({FindingGrade::wrong, fmt::format("{} is an address of this host", each)});
  }
  return found;
}

/// What is watched and serves now: without web as long as its port is not known.
std::vector<std::string> serving(const Answers& answers, bool web) {
  std::vector<std::string> targets;
  for (auto& each : targets_at(answers, answers.first(answers.is("role", "active") ? "address" : "peer-address"))) {
    if (each.starts_with("https://") == web) targets.push_back(std::move(each));
  }
  return targets;
}

Findings units(const Answers& answers, const Surroundings& around) {
  Findings found;
  for (const auto& unit : answers.all("unit")) {
    if (!around.has_unit(unit)) found.push_back({FindingGrade::doubt, fmt::format("systemd has no {} here", unit)});
  }
  return found;
}

Findings credentials(std::string_view flag, const Answers& answers, const Context& context) {
  Findings found;
  const bool secret = flag != "known-hosts";
  if (!answers.first(flag).empty()) found.push_back(check::file(answers.first(flag), secret));
  if (!found.empty() && found.front().grade != FindingGrade::good) return found;
  if (completes_access(flag, answers)) {
    for (auto& each : check::source(answers, context)) found.push_back(std::move(each));
  }
  return found;
}

/// DIR or PREFIX=DIR.
Findings places(const std::vector<std::string>& values) {
  Findings found;
  for (const auto& each : values) {
    const auto equals = each.starts_with('/') ? std::string::npos : each.find('=');
    found.push_back(check::restore_target(equals == std::string::npos ? each : each.substr(equals + 1)));
  }
  return found;
}

Findings hook(std::string_view flag, const Answers& answers) {
  const auto& file = answers.first(flag);
  return file.empty() ? Findings{} : Findings{check::program(file, answers.first("pbx"))};
}

}  // namespace

LiveSurroundings::LiveSurroundings(HostFacts host, const Context& context)
    : host_(std::move(host)), context_(context) {}

std::vector<std::string> LiveSurroundings::addresses_of(const std::string& name) {
  auto resolvers = host_.resolvers;
  if (resolvers.empty()) resolvers.emplace_back("127.0.0.1");
  const auto answers = ask_resolvers(resolvers, name, context_.within(patience));
  if (!answers) return {};
  for (const auto& each : *answers) {
    if (each.record && !each.record->addresses.empty()) return each.record->addresses;
  }
  return {};
}

std::vector<std::string> LiveSurroundings::answering(const std::vector<std::string>& targets) {
  std::vector<Target> parsed;
  for (const auto& each : targets) {
    if (auto target = parse_target(each)) parsed.push_back(std::move(*target));
  }
  ProbeOptions options;
  options.timeout = std::chrono::seconds(2);
  const auto observer = make_observer(options);
  std::vector<std::string> up;
  if (!observer || parsed.empty()) return up;
  for (const auto& seen : (*observer)->observe(parsed, context_.within(patience))) {
    if (seen.health && *seen.health == Health::up) up.push_back(seen.target.text);
  }
  return up;
}

bool LiveSurroundings::is_there(const std::string& file) const {
  std::error_code ignored;
  return std::filesystem::exists(file, ignored);
}

bool LiveSurroundings::has_unit(const std::string& unit) const {
  return std::ranges::any_of(unit_folders,
                             [&](std::string_view folder) { return is_there(std::string(folder) + "/" + unit); });
}

std::vector<Finding> LiveSurroundings::look(std::string_view flag, const Answers& answers) {
  if (flag == "role") return role(answers, host_, addresses_of(answers.first("service")));
  if (flag == "address") return address(answers, host_);
  if (flag == "peer-address") return peer_address(answers, host_);
  if (flag == "services") return check::targets(serving(answers, false), context_);
  if (flag == "web-port") return check::targets(serving(answers, true), context_);
  if (flag == "probe") return check::targets(answers.all(flag), context_);
  if (flag == "source" && completes_access(flag, answers)) return check::source(answers, context_);
  if (flag == "identity-file" || flag == "known-hosts" || flag == "password-file" || flag == "credentials-file") {
    return credentials(flag, answers, context_);
  }
  if (flag == "target" || flag == "map") return places(answers.all(flag));
  if (flag == "unit") return units(answers, *this);
  if (flag.ends_with("-hook")) return hook(flag, answers);
  if (flag == "dns") return check::dns(answers, context_);
  if (flag == "epoch-dns") return check::epoch_dns(answers, context_);
  if (flag == "reference") return check::references(answers, host_, context_);
  if (flag == "fence") return check::fencers(answers, context_);
  if (flag == "arbiter") return check::arbiter(answers, context_);
  return {};
}

}  // namespace failover::promote_tool
