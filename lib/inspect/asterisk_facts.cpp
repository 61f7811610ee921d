#include "inspect/asterisk_facts.hpp"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <tuple>
#include <utility>
#include <vector>

#include <failover/restorer.hpp>

#include "core/whole_number.hpp"
#include "inspect/asterisk_conf.hpp"
#include "inspect/entry_parser.hpp"

namespace failover {

namespace {

constexpr std::size_t most_sections = 200'000;
constexpr std::size_t longest_value = 256;
constexpr std::size_t most_inherited = 64;

std::string cut(std::string_view text) {
  return std::string(text.substr(0, longest_value));
}

std::optional<std::uint16_t> port_in(std::string_view text) {
  const auto port = whole_number<std::uint16_t>(text);
  return port == 0 ? std::nullopt : port;
}

/// `sip:user@host:port;parameters` -> host and port.
std::pair<std::string, std::optional<std::uint16_t>> authority(std::string_view uri) {
  if (const auto colon = uri.find(':'); uri.starts_with("sip")) uri.remove_prefix(std::min(uri.size(), colon + 1));
  if (const auto at = uri.rfind('@'); at != std::string_view::npos) uri.remove_prefix(at + 1);
  uri = uri.substr(0, uri.find_first_of(";?>\\"));
  if (uri.starts_with('[')) {
    const auto close = uri.find(']');
    const auto host = uri.substr(1, close - 1);
    const auto rest = close == std::string_view::npos ? std::string_view() : uri.substr(close + 1);
    return {cut(host), rest.starts_with(':') ? port_in(rest.substr(1)) : std::nullopt};
  }
  const auto colon = uri.rfind(':');
  if (colon == std::string_view::npos) return {cut(uri), std::nullopt};
  return {cut(uri.substr(0, colon)), port_in(uri.substr(colon + 1))};
}

bool is_conf(std::string_view name, std::string_view stem) noexcept {
  return name.starts_with(stem) && name.ends_with(".conf") &&
         (name.size() == stem.size() + 5 || name[stem.size()] == '.' || name[stem.size()] == '_');
}

}  // namespace

bool AsteriskFacts::wants(std::string_view file_name) noexcept {
  return is_conf(file_name, "pjsip") || is_conf(file_name, "sip") || is_conf(file_name, "queues");
}

std::unique_ptr<EntryParser> AsteriskFacts::parser(std::string_view file_name) {
  const auto file = is_conf(file_name, "pjsip") ? File::pjsip : is_conf(file_name, "sip") ? File::sip : File::queues;
  (file == File::queues ? has_queues_ : has_peers_) = true;
  // What stands before the first section of a file belongs to none.
  begin(file, "general", true, {});
  return std::make_unique<AsteriskConf>(
      AsteriskLines{.section = [this, file](std::string_view name, bool is_template,
                                            const auto& templates) { begin(file, name, is_template, templates); },
                    .setting = [this](std::string_view key, std::string_view value) { set(key, value); }});
}

void AsteriskFacts::begin(File file, std::string_view name, bool is_template,
                          const std::vector<std::string>& templates) {
  too_many_ = too_many_ || sections_.size() >= most_sections;
  if (too_many_) return;
  Section section;
  section.file = file;
  section.name = cut(name);
  section.is_template = is_template;
  section.adds = std::ranges::find(templates, "+") != templates.end();
  section.templates = templates;
  sections_.push_back(std::move(section));
}

void AsteriskFacts::set(std::string_view key, std::string_view value) {
  if (too_many_ || sections_.empty()) return;
  auto& section = sections_.back();
  if (section.file == File::sip && section.name == "general") return;
  if (key == "type") section.type = cut(value);
  if (key == "endpoint") section.endpoint = cut(value);
  if (section.file == File::sip && key == "host") section.host = cut(value);
  if (section.file == File::sip && key == "port") section.port = port_in(value);
  if (section.file == File::pjsip && key == "server_uri") std::tie(section.host, section.port) = authority(value);
}

AsteriskFacts::Section AsteriskFacts::resolved(const Section& section, const Templates& templates) {
  auto result = section;
  std::vector<std::string> open = section.templates;
  for (std::size_t next = 0; next < open.size() && next < most_inherited; ++next) {
    const auto found = templates.find({section.file, open[next]});
    if (found == templates.end()) continue;
    const auto& from = *found->second;
    if (result.type.empty()) result.type = from.type;
    if (result.host.empty()) result.host = from.host;
    if (result.endpoint.empty()) result.endpoint = from.endpoint;
    open.insert(open.end(), from.templates.begin(), from.templates.end());
  }
  return result;
}

AsteriskFacts::Templates AsteriskFacts::templates() const {
  Templates found;
  for (const auto& section : sections_) {
    if (section.is_template) found.try_emplace({section.file, section.name}, &section);
  }
  return found;
}

void AsteriskFacts::add(const Section& section, Totals& totals) {
  const bool has_address = !section.host.empty() && section.host != "dynamic";
  const bool peer = section.type == "peer" || section.type == "friend" || section.type == "user";
  switch (section.file) {
    case File::queues:
      if (section.name != "general" && section.name != "globals") totals.queues.insert(section.name);
      break;
    case File::pjsip:
      if (section.type == "endpoint") totals.peers.insert(section.name);
      if (section.type == "identify" || section.type == "registration") {
        totals.trunks.insert(section.endpoint.empty() ? section.name : section.endpoint);
      }
      break;
    case File::sip:
      if (peer) totals.peers.insert(section.name);
      if (peer && has_address) totals.trunks.insert(section.name);
      break;
  }
  if (has_address) totals.gateways.push_back({section.name, section.host, section.port});
}

AsteriskFacts::Totals AsteriskFacts::add_up() const {
  Totals totals;
  const auto known = templates();
  for (const auto& raw : sections_) {
    if (!raw.is_template && !raw.adds) add(resolved(raw, known), totals);
  }
  return totals;
}

void AsteriskFacts::tell(BackupContents& contents) const {
  if (too_many_) {
    contents.remarks.emplace_back("the configuration of Asterisk has too many sections to be counted");
    return;
  }
  auto totals = add_up();
  if (has_peers_) {
    contents.extensions = static_cast<std::uint64_t>(
        std::ranges::count_if(totals.peers, [&](const std::string& name) { return !totals.trunks.contains(name); }));
    contents.trunks = totals.trunks.size();
    contents.gateways = std::move(totals.gateways);
  }
  if (has_queues_) contents.queues = totals.queues.size();
}

}  // namespace failover
