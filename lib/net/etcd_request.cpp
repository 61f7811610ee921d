#include <chrono>
#include <cstddef>
#include <string>
#include <string_view>
#include <utility>

#include <nlohmann/json.hpp>

#include "net/base64.hpp"
#include "net/etcd_message.hpp"

namespace failover {

namespace {

using Json = nlohmann::ordered_json;

Json keys_of(const EtcdKeys& keys) {
  Json json{{"key", base64_encode(keys.key)}};
  if (!keys.end.empty()) json["range_end"] = base64_encode(keys.end);
  return json;
}

Json put_of(std::string_view key, std::string_view value, std::string_view lease) {
  Json json{{"key", base64_encode(key)}, {"value", base64_encode(value)}};
  if (!lease.empty()) json["lease"] = lease;
  return json;
}

Json compare_of(const EtcdCompare& compare) {
  Json json{{"key", base64_encode(compare.key)}, {"result", "EQUAL"}};
  switch (compare.what) {
    case EtcdCompare::What::create_revision:
      json["target"] = "CREATE";
      json["create_revision"] = std::to_string(compare.revision);
      break;
    case EtcdCompare::What::mod_revision:
      json["target"] = "MOD";
      json["mod_revision"] = std::to_string(compare.revision);
      break;
    case EtcdCompare::What::value:
      json["target"] = "VALUE";
      json["value"] = base64_encode(compare.value);
      break;
  }
  return json;
}

Json act_of(const EtcdAct& act) {
  switch (act.what) {
    case EtcdAct::What::put:
      return {{"request_put", put_of(act.keys.key, act.value, act.lease)}};
    case EtcdAct::What::range:
      return {{"request_range", keys_of(act.keys)}};
    case EtcdAct::What::remove:
      break;
  }
  return {{"request_delete_range", keys_of(act.keys)}};
}

}  // namespace

EtcdKeys etcd_prefix(std::string prefix) {
  auto end = prefix;
  while (!end.empty() && end.back() == '\xff') end.pop_back();
  // Nothing but 0xff bytes: up to the end of all keys, which etcd writes as a NUL.
  if (end.empty()) return {std::move(prefix), std::string(1, '\0')};
  end.back() = static_cast<char>(static_cast<unsigned char>(end.back()) + 1);
  return {std::move(prefix), std::move(end)};
}

std::string etcd_range_request(const EtcdKeys& keys, std::size_t limit) {
  auto json = keys_of(keys);
  json["limit"] = std::to_string(limit);
  return json.dump();
}

std::string etcd_put_request(std::string_view key, std::string_view value, std::string_view lease) {
  return put_of(key, value, lease).dump();
}

std::string etcd_remove_request(const EtcdKeys& keys) {
  return keys_of(keys).dump();
}

std::string etcd_transaction_request(const EtcdTransaction& transaction) {
  Json json{{"compare", Json::array()}, {"success", Json::array()}, {"failure", Json::array()}};
  for (const auto& one : transaction.compares) json["compare"].push_back(compare_of(one));
  for (const auto& one : transaction.success) json["success"].push_back(act_of(one));
  for (const auto& one : transaction.failure) json["failure"].push_back(act_of(one));
  return json.dump();
}

std::string etcd_grant_request(std::chrono::seconds lifetime) {
  return Json{{"TTL", std::to_string(lifetime.count())}}.dump();
}

std::string etcd_lease_request(std::string_view id) {
  return Json{{"ID", id}}.dump();
}

std::string etcd_authenticate_request(std::string_view user, std::string_view password) {
  return Json{{"name", user}, {"password", password}}.dump(-1, ' ', false, Json::error_handler_t::replace);
}

}  // namespace failover
