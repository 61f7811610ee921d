#include "fo-restore/targets.hpp"

#include <charconv>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <system_error>
#include <vector>

#include <grp.h>
#include <pwd.h>

#include <failover/error.hpp>
#include <failover/restorer.hpp>

namespace failover::cli {

namespace {

/// As the entries of an archive are called: without slashes at the ends.
Result<std::string> prefix_from(std::string_view text) {
  while (text.starts_with('/')) text.remove_prefix(1);
  while (text.ends_with('/')) text.remove_suffix(1);
  if (text == ".") text = "";
  for (std::string_view rest = text; !rest.empty();) {
    const auto part = rest.substr(0, rest.find('/'));
    if (part.empty() || part == "." || part == "..") {
      return fail(ErrorKind::usage, "--map " + std::string(text) + ": write the prefix without //, . and ..");
    }
    rest.remove_prefix(part.size() < rest.size() ? part.size() + 1 : part.size());
  }
  return std::string(text);
}

std::optional<std::uint32_t> number_in(std::string_view text) {
  std::uint32_t number = 0;
  const auto parsed = std::from_chars(text.data(), text.data() + text.size(), number);
  if (parsed.ec != std::errc() || parsed.ptr != text.data() + text.size()) return std::nullopt;
  return number;
}

Result<Ownership> user_named(const std::string& name) {
  std::vector<char> room(std::size_t{64} * 1024);
  passwd record{};
  passwd* found = nullptr;
  ::getpwnam_r(name.c_str(), &record, room.data(), room.size(), &found);
  if (found != nullptr) return Ownership{record.pw_uid, record.pw_gid};
  const auto number = number_in(name);
  if (!number) return fail(ErrorKind::usage, "--owner: there is no user " + name + " on this host");
  ::getpwuid_r(*number, &record, room.data(), room.size(), &found);
  return Ownership{*number, found != nullptr ? record.pw_gid : *number};
}

Result<std::uint32_t> group_named(const std::string& name) {
  std::vector<char> room(std::size_t{64} * 1024);
  group record{};
  group* found = nullptr;
  ::getgrnam_r(name.c_str(), &record, room.data(), room.size(), &found);
  if (found != nullptr) return record.gr_gid;
  const auto number = number_in(name);
  if (!number) return fail(ErrorKind::usage, "--owner: there is no group " + name + " on this host");
  return *number;
}

}  // namespace

Result<std::vector<RestoreRoot>> roots_from(const std::string& target, const std::vector<std::string>& maps) {
  std::vector<RestoreRoot> roots;
  if (!target.empty()) roots.push_back({"", target});
  for (const auto& map : maps) {
    const auto sign = map.find('=');
    if (sign == std::string::npos || sign + 1 == map.size()) {
      return fail(ErrorKind::usage, "--map " + map + ": write PREFIX=DIR, for instance etc/asterisk=/etc/asterisk");
    }
    roots.push_back({FO_TRY(prefix_from(std::string_view(map).substr(0, sign))), map.substr(sign + 1)});
  }
  return roots;
}

Result<Ownership> owner_from(const std::string& text) {
  const auto colon = text.find(':');
  auto owner = FO_TRY(user_named(text.substr(0, colon)));
  if (colon != std::string::npos) owner.gid = FO_TRY(group_named(text.substr(colon + 1)));
  return owner;
}

}  // namespace failover::cli
