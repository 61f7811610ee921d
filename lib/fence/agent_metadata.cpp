#include "fence/agent_metadata.hpp"

#include <algorithm>
#include <cstddef>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <failover/error.hpp>

#include "core/ascii.hpp"

namespace failover {

namespace {

/// The value of an attribute of one tag; empty if there is none.
std::string_view attribute(std::string_view tag, std::string_view name) {
  const auto key = fmt::format(" {}=\"", name);
  const auto at = tag.find(key);
  if (at == std::string_view::npos) return {};
  const auto value = tag.substr(at + key.size());
  const auto end = value.find('"');
  return end == std::string_view::npos ? std::string_view() : value.substr(0, end);
}

void note_tag(AgentMetadata& metadata, std::string_view tag) {
  const auto name = attribute(tag, "name");
  if (name.empty()) return;
  if (tag.starts_with("parameter ")) {
    const auto known = agent_option_name(name);
    metadata.parameters.insert(known);
    if (attribute(tag, "required") == "1" && attribute(tag, "deprecated").empty()) metadata.required.insert(known);
  } else if (tag.starts_with("action ")) {
    metadata.actions.emplace(name);
    // An agent that puts its host back by itself at boot has never switched it off.
    if (name == "on" && attribute(tag, "automatic") == "1") metadata.cuts_links = true;
  }
}

std::vector<std::string_view> lines_of(std::string_view text) {
  std::vector<std::string_view> lines;
  while (!text.empty()) {
    const auto end = std::min(text.find('\n'), text.size());
    auto line = text.substr(0, end);
    while (!line.empty() && (line.back() == '\r' || line.back() == ' ')) line.remove_suffix(1);
    if (!line.empty()) lines.push_back(line);
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  return lines;
}

/// The part before the separator, and the one behind it.
std::pair<std::string_view, std::string_view> split_outlet(std::string_view line, std::string_view separator) {
  const auto at = line.find(separator);
  if (at == std::string_view::npos) return {line, {}};
  return {line.substr(0, at), line.substr(at + separator.size())};
}

}  // namespace

std::string agent_option_name(std::string_view name) {
  std::string known(name);
  std::ranges::replace(known, '-', '_');
  return known;
}

Result<AgentMetadata> parse_agent_metadata(std::string_view text) {
  AgentMetadata metadata;
  for (auto at = text.find('<'); at != std::string_view::npos; at = text.find('<', at + 1)) {
    const auto end = text.find('>', at);
    if (end == std::string_view::npos) break;
    note_tag(metadata, text.substr(at + 1, end - at - 1));
  }
  if (!text.contains("<resource-agent") || !text.contains("</resource-agent>") || metadata.actions.empty()) {
    return fail(ErrorKind::protocol, "its metadata is not that of a fence agent");
  }
  if (!metadata.offers("reboot")) metadata.cuts_links = true;
  return metadata;
}

Result<void> find_plug(std::string_view list, std::string_view plug, std::string_view separator) {
  std::vector<std::string_view> known;
  for (const auto line : lines_of(list)) {
    const auto [id, alias] = split_outlet(line, separator);
    if (id == plug) return {};
    if (!alias.empty() && alias == plug) {
      return fail(ErrorKind::refused, fmt::format("'{0}' is the name of plug {1} and no plug: say plug={1}", plug, id));
    }
    known.push_back(id);
  }
  constexpr std::size_t shown = 12;
  const auto more = known.size() > shown;
  if (more) known.resize(shown);
  return fail(ErrorKind::refused, fmt::format("it has no plug '{}'; it has {}{}", plug,
                                              known.empty() ? "none" : fmt::format("{}", fmt::join(known, ", ")),
                                              more ? " and others" : ""));
}

bool says_it_cannot_list(std::string_view list) {
  return list.starts_with("N/A") || list.starts_with("NOTICE: List option is not working");
}

AgentPower agent_power(int exit_status, std::string_view output) {
  const auto said = exit_status == 0 ? AgentPower::on : exit_status == 2 ? AgentPower::off : AgentPower::unknown;
  for (const auto line : lines_of(output)) {
    constexpr std::string_view opening = "Status: ";
    if (!line.starts_with(opening)) continue;
    const auto word = line.substr(opening.size());
    // A program that is called wrongly ends with 2 as well.
    if (!equal_ignoring_case(word, said == AgentPower::off ? "off" : "on")) return AgentPower::unknown;
  }
  return said;
}

}  // namespace failover
