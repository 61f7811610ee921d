#include "net/known_hosts.hpp"

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <fnmatch.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>

#include <failover/error.hpp>

#include "core/ascii.hpp"
#include "core/file_io.hpp"
#include "net/base64.hpp"

namespace failover {

namespace {

constexpr std::size_t file_limit = std::size_t{16} * 1024 * 1024;
constexpr std::uint16_t default_port = 22;
constexpr std::string_view blanks = " \t";

/// The name as known_hosts spells it: bare on port 22, else [host]:port.
std::string spelled(std::string_view host, std::uint16_t port) {
  if (port == default_port) return ascii_lower(host);
  return "[" + ascii_lower(host) + "]:" + std::to_string(port);
}

std::string_view take_field(std::string_view& rest) {
  rest.remove_prefix(std::min(rest.find_first_not_of(blanks), rest.size()));
  const auto field = rest.substr(0, rest.find_first_of(blanks));
  rest.remove_prefix(field.size());
  return field;
}

/// Only '*' and '?' are special in a host pattern; the brackets of [host]:port are not.
std::string as_fnmatch(std::string_view pattern) {
  std::string escaped;
  for (const char c : ascii_lower(pattern)) {
    if (c == '[' || c == ']' || c == '\\') escaped += '\\';
    escaped += c;
  }
  return escaped;
}

bool matches_hashed(std::string_view hosts, const std::string& name) {
  const auto separator = hosts.find('|', 3);
  if (separator == std::string_view::npos) return false;
  const auto salt = base64_decode(hosts.substr(3, separator - 3));
  const auto wanted = base64_decode(hosts.substr(separator + 1));
  if (!salt || !wanted) return false;
  std::array<unsigned char, EVP_MAX_MD_SIZE> digest{};
  unsigned length = 0;
  const auto* bytes = reinterpret_cast<const unsigned char*>(name.data());
  if (::HMAC(::EVP_sha1(), salt->data(), static_cast<int>(salt->size()), bytes, name.size(), digest.data(), &length) ==
      nullptr) {
    return false;
  }
  const auto view = std::span(digest).first(length);
  return std::ranges::equal(view, *wanted, {}, {}, [](char c) { return static_cast<unsigned char>(c); });
}

/// A negated pattern that matches takes the whole line out, whatever the others say.
bool matches_patterns(std::string_view hosts, const std::string& name) {
  bool found = false;
  while (!hosts.empty()) {
    const auto comma = hosts.find(',');
    auto pattern = hosts.substr(0, comma);
    hosts.remove_prefix(comma == std::string_view::npos ? hosts.size() : comma + 1);
    const bool negated = pattern.starts_with('!');
    if (negated) pattern.remove_prefix(1);
    if (::fnmatch(as_fnmatch(pattern).c_str(), name.c_str(), 0) != 0) continue;
    if (negated) return false;
    found = true;
  }
  return found;
}

}  // namespace

std::string key_type(std::string_view key) {
  if (key.size() < 4) return {};
  std::size_t length = 0;
  for (const char c : key.substr(0, 4)) length = length * 256 + static_cast<unsigned char>(c);
  if (length == 0 || length > 64 || key.size() < 4 + length) return {};
  return std::string(key.substr(4, length));
}

std::string key_fingerprint(std::string_view key) {
  std::array<unsigned char, EVP_MAX_MD_SIZE> digest{};
  unsigned length = 0;
  if (::EVP_Digest(key.data(), key.size(), digest.data(), &length, ::EVP_sha256(), nullptr) != 1) return "SHA256:?";
  auto text = base64_encode(std::string(digest.begin(), digest.begin() + length));
  text.resize(text.find_last_not_of('=') + 1);
  return "SHA256:" + text;
}

KnownHosts KnownHosts::parse(std::string_view text) {
  KnownHosts result;
  while (!text.empty()) {
    const auto end = text.find('\n');
    auto line = text.substr(0, end);
    text.remove_prefix(end == std::string_view::npos ? text.size() : end + 1);
    if (line.ends_with('\r')) line.remove_suffix(1);
    line.remove_prefix(std::min(line.find_first_not_of(blanks), line.size()));
    if (line.empty() || line.starts_with('#')) continue;
    if (!result.parse_line(line)) ++result.skipped_;
  }
  return result;
}

bool KnownHosts::parse_line(std::string_view text) {
  Line line;
  if (text.starts_with('@')) {
    const auto marker = take_field(text);
    if (marker == "@cert-authority") return true;
    if (marker != "@revoked") return false;
    line.revoked = true;
  }
  line.hosts = std::string(take_field(text));
  line.type = std::string(take_field(text));
  const auto key = base64_decode(take_field(text));
  // The blob names its own type; a line whose two types differ is not to be believed.
  if (line.hosts.empty() || line.type.empty() || !key || key_type(*key) != line.type) return false;
  if (line.hosts.starts_with('|') && !line.hosts.starts_with("|1|")) return false;
  line.key = *key;
  lines_.push_back(std::move(line));
  return true;
}

Result<KnownHosts> KnownHosts::load(std::span<const std::filesystem::path> files) {
  std::string text;
  for (const auto& file : files) {
    const auto content = read_file(file, file_limit);
    if (!content && content.error().kind == ErrorKind::not_found) continue;
    if (!content) return std::unexpected(content.error().while_doing("reading the known host keys"));
    text += *content;
    text += '\n';
  }
  return parse(text);
}

bool KnownHosts::matches(const Line& line, const std::string& name) {
  return line.hosts.starts_with('|') ? matches_hashed(line.hosts, name) : matches_patterns(line.hosts, name);
}

HostKeyVerdict KnownHosts::judge(std::string_view host, std::uint16_t port, std::string_view key) const {
  const auto name = spelled(host, port);
  // As ssh(1): on another port a line for the bare name may vouch for the key, though never accuse it of a change.
  const auto bare = ascii_lower(host);
  const auto type = key_type(key);
  bool vouched = false;
  bool other = false;
  bool same_type = false;
  for (const auto& line : lines_) {
    const bool by_name = matches(line, name);
    if (!by_name && !matches(line, bare)) continue;
    const bool same_key = line.key == key;
    if (line.revoked) {
      if (same_key) return HostKeyVerdict::revoked;
      continue;
    }
    vouched = vouched || same_key;
    other = other || by_name;
    same_type = same_type || (by_name && line.type == type);
  }
  if (vouched) return HostKeyVerdict::known;
  if (same_type) return HostKeyVerdict::changed;
  return other ? HostKeyVerdict::other_type : HostKeyVerdict::unknown;
}

std::vector<std::string> KnownHosts::key_types(std::string_view host, std::uint16_t port) const {
  std::vector<std::string> types;
  for (const auto& name : {spelled(host, port), ascii_lower(host)}) {
    for (const auto& line : lines_) {
      if (line.revoked || std::ranges::find(types, line.type) != types.end() || !matches(line, name)) continue;
      types.push_back(line.type);
    }
  }
  return types;
}

}  // namespace failover
