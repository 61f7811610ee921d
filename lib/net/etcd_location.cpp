#include "net/etcd_location.hpp"

#include <algorithm>
#include <cctype>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>

#include <fmt/format.h>

#include <failover/error.hpp>

#include "core/url.hpp"

namespace failover {

namespace {

constexpr std::uint16_t etcd_port = 2379;
constexpr std::size_t most_endpoints = 16;
constexpr std::size_t longest_prefix = 200;
constexpr std::string_view form = "it must be etcd://HOST[:2379][,HOST[:2379]..]/PREFIX";

bool is_prefix(std::string_view text) noexcept {
  const auto allowed = [](char c) {
    return std::isalnum(static_cast<unsigned char>(c)) != 0 || std::string_view("._-/").contains(c);
  };
  return !text.empty() && text.size() <= longest_prefix && std::ranges::all_of(text, allowed) && !text.contains("//");
}

std::string_view without_slashes(std::string_view path) noexcept {
  while (path.starts_with('/')) path.remove_prefix(1);
  while (path.ends_with('/')) path.remove_suffix(1);
  return path;
}

Result<void> take_parameter(EtcdLocation& location, const std::string& key, const std::string& value) {
  std::optional<std::filesystem::path>* place = nullptr;
  if (key == "ca-file") place = &location.ca_file;
  if (key == "cert-file") place = &location.certificate;
  if (key == "key-file") place = &location.key;
  if (key == "password-file") place = &location.password_file;
  if (place == nullptr) {
    return fail(
        ErrorKind::usage,
        fmt::format("'{}' is no parameter of it; known are ca-file, cert-file, key-file and password-file", key));
  }
  if (*place || value.empty()) return fail(ErrorKind::usage, fmt::format("{} is empty or given twice", key));
  *place = value;
  return {};
}

Result<void> add_endpoint(EtcdLocation& location, const Url& url) {
  if (url.host.empty()) return fail(ErrorKind::usage, std::string(form));
  if (location.endpoints.size() == most_endpoints) {
    return fail(ErrorKind::usage, fmt::format("it has more than {} endpoints", most_endpoints));
  }
  location.endpoints.push_back({url.host, url.port.value_or(etcd_port)});
  return {};
}

Result<void> check(const EtcdLocation& location) {
  if (!location.tls && (location.ca_file || location.certificate || location.key)) {
    return fail(ErrorKind::usage, "certificates are for etcd+https://");
  }
  if (location.certificate.has_value() != location.key.has_value()) {
    return fail(ErrorKind::usage, "cert-file and key-file go together");
  }
  if (location.user.empty() != !location.password_file.has_value()) {
    return fail(ErrorKind::usage, "USER@ and password-file go together");
  }
  if (!location.user.empty() && !location.tls) {
    return fail(ErrorKind::usage, "over etcd:// anybody on the way could read the password; use etcd+https://");
  }
  return {};
}

Result<EtcdLocation> parse(std::string_view text) {
  const auto start = text.find("://");
  if (start == std::string_view::npos) return fail(ErrorKind::usage, std::string(form));
  const auto scheme = text.substr(0, start + 3);
  const auto end = std::min(text.find_first_of("/?", start + 3), text.size());
  auto places = text.substr(start + 3, end - start - 3);
  const auto comma = std::min(places.find(','), places.size());
  // A URL knows but one host: the first, and the others by themselves.
  const auto url = FO_TRY(parse_url(fmt::format("{}{}{}", scheme, places.substr(0, comma), text.substr(end))));
  EtcdLocation location;
  location.tls = url.scheme == "etcd+https";
  location.user = url.user;
  location.prefix = without_slashes(FO_TRY(url.decoded_path()));
  FO_TRY(add_endpoint(location, url));
  for (places.remove_prefix(comma); !places.empty(); places.remove_prefix(std::min(places.find(','), places.size()))) {
    places.remove_prefix(1);
    const auto other = FO_TRY(parse_url(fmt::format("{}{}", scheme, places.substr(0, places.find(',')))));
    if (!other.user.empty()) return fail(ErrorKind::usage, "USER@ stands before the first host");
    FO_TRY(add_endpoint(location, other));
  }
  if ((url.scheme != "etcd" && !location.tls) || !is_prefix(location.prefix)) {
    return fail(ErrorKind::usage, std::string(form));
  }
  for (const auto& parameters = FO_TRY(url.parameters()); const auto& [key, value] : parameters) {
    FO_TRY(take_parameter(location, key, value));
  }
  FO_TRY(check(location));
  return location;
}

}  // namespace

std::string EtcdLocation::key_of(std::string_view name) const {
  return fmt::format("/{}/{}", prefix, name);
}

std::string EtcdLocation::describe() const {
  std::string places;
  for (const auto& one : endpoints) places += (places.empty() ? "" : ", ") + host_and_port(one.host, one.port);
  return fmt::format("etcd {} at {}", prefix, places);
}

Result<EtcdLocation> parse_etcd_location(std::string_view text) {
  // What stands before an '@' may be a password (property secret).
  const bool quotable = !text.contains('@');
  return while_doing(quotable ? fmt::format("'{}'", text.substr(0, 200)) : "the etcd URL", parse(text));
}

}  // namespace failover
