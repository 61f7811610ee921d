#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include <fmt/chrono.h>
#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <failover/context.hpp>
#include <failover/restorer.hpp>

#include "cli/output.hpp"
#include "cli/tool.hpp"
#include "fo-restore/render.hpp"

namespace failover::cli {

namespace {

using nlohmann::json;

std::string time_text(WallTime time) {
  return fmt::format("{:%Y-%m-%dT%H:%M:%S}Z", std::chrono::floor<std::chrono::seconds>(time));
}

std::string known(const std::optional<std::string>& fact) {
  return fact.value_or("unknown");
}

std::string known(const std::optional<std::uint64_t>& fact) {
  return fact ? fmt::format("{}", *fact) : "unknown";
}

std::string known(const std::optional<WallTime>& fact) {
  return fact ? time_text(*fact) : "unknown";
}

/// An IPv6 address in brackets, so that the port can be told from it.
std::string place(const BackupGateway& gateway) {
  const auto host = gateway.host.contains(':') ? "[" + gateway.host + "]" : gateway.host;
  return gateway.port ? fmt::format("{}:{}", host, *gateway.port) : host;
}

/// What is unknown is not there.
json fields(const BackupContents& contents) {
  json value{{"kind", contents.kind}, {"remarks", contents.remarks}};
  if (contents.version) value["version"] = *contents.version;
  if (contents.made) value["made"] = time_text(*contents.made);
  if (contents.fqdn) value["fqdn"] = *contents.fqdn;
  if (contents.extensions) value["extensions"] = *contents.extensions;
  if (contents.trunks) value["trunks"] = *contents.trunks;
  if (contents.queues) value["queues"] = *contents.queues;
  if (contents.gateways) {
    value["gateways"] = json::array();
    for (const auto& gateway : *contents.gateways) {
      json one{{"name", gateway.name}, {"host", gateway.host}};
      if (gateway.port) one["port"] = *gateway.port;
      value["gateways"].push_back(one);
    }
  }
  value["certificates"] = json::array();
  for (const auto& certificate : contents.certificates) {
    json one{{"path", certificate.path}, {"subject", certificate.subject}};
    if (certificate.expires) one["expires"] = time_text(*certificate.expires);
    value["certificates"].push_back(one);
  }
  return value;
}

}  // namespace

Outcome render(const BackupContents& contents, Output& output) {
  const auto row = [&](std::string_view name, const std::string& value) {
    output.print(fmt::format("{:<11} {}", name, value));
  };
  row("kind", contents.kind);
  row("version", known(contents.version));
  row("made", known(contents.made));
  row("fqdn", known(contents.fqdn));
  row("extensions", known(contents.extensions));
  row("trunks", known(contents.trunks));
  row("queues", known(contents.queues));
  if (!contents.gateways) row("gateways", "unknown");
  if (contents.gateways && contents.gateways->empty()) row("gateways", "none");
  if (contents.gateways) {
    for (const auto& gateway : *contents.gateways) row("gateway", fmt::format("{}  {}", place(gateway), gateway.name));
  }
  for (const auto& [path, subject, expires] : contents.certificates) {
    row("certificate", fmt::format("{}  expires {}  ({})", subject, known(expires), path));
  }
  for (const auto& remark : contents.remarks) row("remark", remark);
  Outcome result;
  result.fields = fields(contents).dump(-1, ' ', false, json::error_handler_t::replace);
  return result;
}

}  // namespace failover::cli
