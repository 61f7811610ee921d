#include "fence/agent_spec.hpp"

#include <algorithm>
#include <array>
#include <cstddef>
#include <string>
#include <string_view>
#include <utility>

#include <fmt/format.h>

#include <failover/error.hpp>

#include "core/secret.hpp"
#include "core/url.hpp"
#include "fence/agent_metadata.hpp"
#include "fence/fence_program.hpp"

namespace failover {

namespace {

constexpr std::string_view opening = "agent:";
constexpr std::string_view file_end = "_file";
constexpr std::string_view script_end = "_script";

/// password, passwd, snmp_priv_passwd, secret_key, token, apikey, community; a script that prints it is none itself.
bool is_secret(std::string_view option) {
  constexpr std::array<std::string_view, 6> parts{"passw", "secret", "token", "apikey", "api_key", "community"};
  return !option.ends_with(script_end) && !option.ends_with(file_end) &&
         std::ranges::any_of(parts, [option](std::string_view part) { return option.contains(part); });
}

/// The path of the agent, as a URL's path: so its parameters are decoded in the one way that there is.
Result<std::string> as_url(std::string_view spec) {
  spec.remove_prefix(opening.size());
  const auto name = spec.substr(0, spec.find('?'));
  if (name.starts_with('/')) return fmt::format("agent://{}", spec);
  if (name.starts_with("fence_") && !name.contains('/')) return fmt::format("agent:///usr/sbin/{}", spec);
  return fail(ErrorKind::usage,
              fmt::format("'{}' is no fence agent: say agent:fence_NAME, which is looked for in /usr/sbin, or "
                          "agent:/FILE",
                          name));
}

Result<void> add_option(AgentSpec& spec, const std::string& name, const std::string& value) {
  if (value.find_first_of(std::string("\n\r\0", 3)) != std::string::npos || name.contains('\n')) {
    return fail(ErrorKind::usage, fmt::format("the value of the agent's option {} holds a line end", name));
  }
  const auto stem = std::string_view(name).substr(0, name.size() - std::min(name.size(), file_end.size()));
  if (name == "timeout") {
    spec.timeout = FO_TRY(parse_fence_timeout(value));
  } else if (name == "action" || name == "option") {
    return fail(ErrorKind::usage, "an agent's action is not for its options: it is off and status");
  } else if (name.ends_with(file_end) && is_secret(stem) && !stem.empty()) {
    spec.secrets.emplace_back(stem, FO_TRY(read_password_file(value)));
  } else if (is_secret(name)) {
    return fail(ErrorKind::usage,
                fmt::format("{0} does not belong on a command line: put it into a file and say {0}-file=FILE", name));
  } else {
    spec.options.emplace_back(name, value);
  }
  return {};
}

/// fencing.py takes blanks at the ends and one pair of quotation marks away.
std::string as_agents_read(std::string_view value) {
  const auto at_end = [value](std::string_view characters) {
    return characters.contains(value.front()) || characters.contains(value.back());
  };
  if (value.empty() || !at_end(" \t\"")) return std::string(value);
  return fmt::format("\"{}\"", value);
}

}  // namespace

std::string AgentSpec::value(std::string_view name, std::string_view old) const {
  const auto found = std::ranges::find_if(
      options, [name, old](const auto& each) { return each.first == name || (!old.empty() && each.first == old); });
  return found == options.end() ? std::string() : found->second;
}

std::string AgentSpec::without_secrets(std::string text) const {
  for (const auto& [name, secret] : secrets) {
    for (auto at = text.find(secret.reveal()); at != std::string::npos; at = text.find(secret.reveal(), at)) {
      text.replace(at, secret.reveal().size(), "***");
    }
  }
  return text;
}

Secret AgentSpec::input(std::string_view action) const {
  std::string text;
  std::size_t room = action.size() + 16;
  for (const auto& [name, value] : options) room += name.size() + value.size() + 4;
  for (const auto& [name, secret] : secrets) room += name.size() + secret.reveal().size() + 4;
  // All at once, so that no copy of a secret stays behind.
  text.reserve(room);
  text.append("action=").append(action).append("\n");
  for (const auto& [name, value] : options) text.append(name).append("=").append(as_agents_read(value)).append("\n");
  for (const auto& [name, secret] : secrets) {
    const Secret value(as_agents_read(secret.reveal()));
    text.append(name).append("=").append(value.reveal()).append("\n");
  }
  return Secret(std::move(text));
}

Result<AgentSpec> parse_agent_spec(std::string_view text) {
  const auto address = FO_TRY(as_url(text));
  const auto url = FO_TRY(parse_url(address));
  AgentSpec spec;
  spec.file = FO_TRY(url.decoded_path());
  spec.timeout = default_fence_timeout;
  for (const auto& [name, value] : FO_TRY(url.parameters())) {
    FO_TRY(add_option(spec, agent_option_name(name), value));
  }
  FO_TRY(check_fence_program(spec.file));
  return spec;
}

Result<void> check_agent_spec(const AgentSpec& spec, const AgentMetadata& metadata) {
  const auto wrong = [&spec](std::string_view why) {
    return fail(ErrorKind::config, fmt::format("{} {}", spec.file, why));
  };
  const auto unknown = [&metadata](const std::string& name) { return !metadata.parameters.contains(name); };
  for (const auto& [name, value] : spec.options) {
    if (unknown(name)) return wrong(fmt::format("knows no option '{}'; see: {} -o metadata", name, spec.file));
  }
  for (const auto& [name, secret] : spec.secrets) {
    if (unknown(name)) return wrong(fmt::format("knows no option '{}'; see: {} -o metadata", name, spec.file));
  }
  if ((metadata.required.contains("plug") || metadata.offers("list")) && spec.value("plug", "port").empty()) {
    return wrong("needs the plug that it shall switch off: plug=..");
  }
  for (const std::string_view action : {"off", "status"}) {
    if (!metadata.offers(action)) return wrong(fmt::format("has no action {}, so it cannot prove a host off", action));
  }
  if (metadata.cuts_links)
    return wrong("does not switch a host off, it cuts its storage or network: that host goes on");
  return {};
}

}  // namespace failover
