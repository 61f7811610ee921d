#include "archive/contents_record.hpp"

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <nlohmann/json.hpp>

#include <failover/context.hpp>
#include <failover/error.hpp>
#include <failover/restorer.hpp>

#include "core/json_numbers.hpp"

namespace failover {

namespace {

using nlohmann::json;

std::int64_t ns_of(WallTime time) noexcept {
  return std::chrono::duration_cast<std::chrono::nanoseconds>(time.time_since_epoch()).count();
}

WallTime time_of(std::int64_t ns) noexcept {
  return WallTime(std::chrono::duration_cast<WallTime::duration>(std::chrono::nanoseconds(ns)));
}

template <typename T>
json or_null(const std::optional<T>& value) {
  return value ? json(*value) : json();
}

json or_null(const std::optional<WallTime>& time) {
  return time ? json(ns_of(*time)) : json();
}

template <typename T>
std::optional<T> optional_at(const json& object, const char* key) {
  const auto& value = object.at(key);
  if (value.is_null()) return std::nullopt;
  return value.get<T>();
}

std::optional<WallTime> time_at(const json& object, const char* key) {
  const auto ns = optional_at<std::int64_t>(object, key);
  return ns ? std::optional(time_of(*ns)) : std::nullopt;
}

json of_gateways(const std::vector<BackupGateway>& gateways) {
  auto list = json::array();
  for (const auto& gateway : gateways) {
    list.push_back({{"name", gateway.name}, {"host", gateway.host}, {"port", or_null(gateway.port)}});
  }
  return list;
}

json of_certificates(const std::vector<BackupCertificate>& certificates) {
  auto list = json::array();
  for (const auto& certificate : certificates) {
    list.push_back(
        {{"path", certificate.path}, {"subject", certificate.subject}, {"expires", or_null(certificate.expires)}});
  }
  return list;
}

BackupContents contents_in(const json& record) {
  BackupContents contents;
  contents.kind = record.at("kind").get<std::string>();
  contents.version = optional_at<std::string>(record, "version");
  contents.made = time_at(record, "made");
  contents.fqdn = optional_at<std::string>(record, "fqdn");
  contents.extensions = optional_at<std::uint64_t>(record, "extensions");
  contents.trunks = optional_at<std::uint64_t>(record, "trunks");
  contents.queues = optional_at<std::uint64_t>(record, "queues");
  if (const auto& gateways = record.at("gateways"); !gateways.is_null()) {
    contents.gateways.emplace();
    for (const auto& one : gateways) {
      contents.gateways->push_back({one.at("name").get<std::string>(), one.at("host").get<std::string>(),
                                    optional_at<std::uint16_t>(one, "port")});
    }
  }
  for (const auto& one : record.at("certificates")) {
    contents.certificates.push_back(
        {one.at("path").get<std::string>(), one.at("subject").get<std::string>(), time_at(one, "expires")});
  }
  contents.remarks = record.at("remarks").get<std::vector<std::string>>();
  return contents;
}

}  // namespace

std::string contents_record(const BackupContents& contents) {
  const json record{{"kind", contents.kind},
                    {"version", or_null(contents.version)},
                    {"made", or_null(contents.made)},
                    {"fqdn", or_null(contents.fqdn)},
                    {"extensions", or_null(contents.extensions)},
                    {"trunks", or_null(contents.trunks)},
                    {"queues", or_null(contents.queues)},
                    {"gateways", contents.gateways ? of_gateways(*contents.gateways) : json()},
                    {"certificates", of_certificates(contents.certificates)},
                    {"remarks", contents.remarks}};
  return record.dump(-1, ' ', false, json::error_handler_t::replace);
}

Result<BackupContents> parse_contents(std::string_view bytes) {
  try {
    if (!has_integers_only(bytes)) return fail(ErrorKind::internal, "this does not tell what is in a backup");
    return contents_in(json::parse(bytes));
  } catch (const json::exception& error) {
    return fail(ErrorKind::internal, std::string("this does not tell what is in a backup: ") + error.what());
  }
}

}  // namespace failover
