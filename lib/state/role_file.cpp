#include "state/role_file.hpp"

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <failover/error.hpp>

#include "core/atomic_file.hpp"
#include "core/clock.hpp"
#include "core/file_io.hpp"
#include "state/state_dir.hpp"

namespace failover {

namespace {

constexpr int format_number = 1;
constexpr std::size_t size_limit = 64UL * 1024;
constexpr std::array role_names{std::pair{Role::standby, "standby"}, std::pair{Role::promoting, "promoting"},
                                std::pair{Role::active, "active"}, std::pair{Role::fenced, "fenced"}};

std::optional<Role> role_named(std::string_view name) noexcept {
  for (const auto& [role, role_name] : role_names) {
    if (name == role_name) return role;
  }
  return std::nullopt;
}

std::unexpected<Error> damaged(const StateDir& state) {
  return fail(ErrorKind::integrity, "the role file " + state.role_file().string() +
                                        " is damaged; find out what this host is, and remove the file when it is a "
                                        "standby");
}

Result<RoleRecord> parse(const StateDir& state, const std::string& text) {
  const auto json = nlohmann::json::parse(text, nullptr, false);
  if (!json.is_object() || !json.contains("format") || !json["format"].is_number_integer()) return damaged(state);
  if (json["format"].get<std::int64_t>() > format_number) {
    return fail(ErrorKind::unfinished, "the role file " + state.role_file().string() +
                                           " was written by a newer version of these tools; use that one");
  }
  const auto is = [&json](const char* key, auto test) { return json.contains(key) && (json[key].*test)(); };
  using Json = nlohmann::json;
  if (!is("role", &Json::is_string) || !is("epoch", &Json::is_number_unsigned) || !is("node", &Json::is_string) ||
      !is("since", &Json::is_string)) {
    return damaged(state);
  }
  const auto role = role_named(json["role"].get<std::string>());
  const auto since = parse_rfc3339(json["since"].get<std::string>());
  if (!role || !since) return damaged(state);
  return RoleRecord{*role, json["epoch"].get<std::uint64_t>(), json["node"].get<std::string>(), *since};
}

}  // namespace

std::string_view to_string(Role role) noexcept {
  for (const auto& [value, name] : role_names) {
    if (value == role) return name;
  }
  return "standby";
}

Result<std::optional<RoleRecord>> read_role(const StateDir& state) {
  const auto text = read_file(state.role_file(), size_limit);
  if (!text && text.error().kind == ErrorKind::not_found) return std::nullopt;
  if (!text) return std::unexpected(text.error().while_doing("reading the role of this host"));
  return FO_TRY(parse(state, *text));
}

Result<void> write_role(const StateDir& state, const RoleRecord& record) {
  const auto before = FO_TRY(read_role(state));
  if (before && before->epoch > record.epoch) {
    return fail(ErrorKind::refused,
                fmt::format("this host already has the role {} of epoch {}; epoch {} must not replace it",
                            to_string(before->role), before->epoch, record.epoch));
  }
  const nlohmann::json json{{"format", format_number},
                            {"role", to_string(record.role)},
                            {"epoch", record.epoch},
                            {"node", record.node},
                            {"since", rfc3339(record.since)}};
  return while_doing("writing the role of this host", write_file_atomically(state.role_file(), json.dump() + "\n"));
}

}  // namespace failover
