#include "state/restore_plan_file.hpp"

#include <array>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <nlohmann/json.hpp>

#include <failover/error.hpp>

#include "core/atomic_file.hpp"
#include "core/file_identity.hpp"
#include "core/file_io.hpp"
#include "core/json_numbers.hpp"
#include "state/numbered_files.hpp"
#include "state/restore_roots.hpp"
#include "state/state_dir.hpp"
#include "state/state_format.hpp"

namespace failover {

namespace {

using nlohmann::json;

constexpr int format_number = 1;
constexpr std::size_t size_limit = std::size_t{8} << 30U;
constexpr std::string_view prefix = "plan.";
constexpr std::array<std::string_view, 5> act_names{"replace", "add", "remove", "mkdir", "rmdir"};

json to_json(const FileIdentity& identity) {
  json value{{"ino", identity.inode}, {"size", identity.size}};
  if (identity.birth_ns) value["btime"] = *identity.birth_ns;
  if (identity.crc) value["crc"] = *identity.crc;
  if (identity.symlink) value["symlink"] = true;
  return value;
}

FileIdentity identity_from(const json& value) {
  FileIdentity identity;
  value.at("ino").get_to(identity.inode);
  value.at("size").get_to(identity.size);
  if (value.contains("btime")) identity.birth_ns = value["btime"].get<std::int64_t>();
  if (value.contains("crc")) identity.crc = value["crc"].get<std::uint32_t>();
  identity.symlink = value.value("symlink", false);
  return identity;
}

json to_json(const RestoreAct& act) {
  json value{{"n", act.n}, {"act", to_string(act.kind)}, {"mount", act.mount}, {"path", act.path}};
  if (act.new_file) value["new"] = to_json(*act.new_file);
  if (act.old_file) value["old"] = to_json(*act.old_file);
  if (!act.link.empty()) value["link"] = act.link;
  if (act.kind == ActKind::make_directory || act.kind == ActKind::remove_directory) {
    value["mode"] = act.mode;
    value["uid"] = act.uid;
    value["gid"] = act.gid;
  }
  return value;
}

RestoreAct act_from(const json& value) {
  RestoreAct act;
  value.at("n").get_to(act.n);
  const auto name = value.at("act").get<std::string>();
  std::size_t kind = 0;
  while (kind < act_names.size() && act_names[kind] != name) ++kind;
  if (kind == act_names.size()) throw json::other_error::create(599, "unknown act", &value);
  act.kind = static_cast<ActKind>(kind);
  value.at("mount").get_to(act.mount);
  value.at("path").get_to(act.path);
  if (value.contains("new")) act.new_file = identity_from(value["new"]);
  if (value.contains("old")) act.old_file = identity_from(value["old"]);
  act.link = value.value("link", "");
  if (value.contains("mode")) {
    value.at("mode").get_to(act.mode);
    value.at("uid").get_to(act.uid);
    value.at("gid").get_to(act.gid);
  }
  return act;
}

}  // namespace

std::string_view to_string(ActKind kind) noexcept {
  return act_names.at(static_cast<std::size_t>(kind));
}

Result<void> write_restore_plan(const StateDir& state, const RestorePlanFile& plan) {
  auto file = FO_TRY(AtomicFile::create(numbered_file(state.restore(), prefix, plan.run)));
  const json header{{"format", format_number},
                    {"run", plan.run},
                    {"slots", plan.slots},
                    {"roots", json::parse(roots_to_json(plan.roots))},
                    {"acts", plan.acts.size()}};
  std::string text = header.dump() + "\n";
  constexpr std::size_t chunk = std::size_t{256} * 1024;
  for (const auto& act : plan.acts) {
    text += to_json(act).dump() + "\n";
    if (text.size() < chunk) continue;
    FO_TRY(file.write(text));
    text.clear();
  }
  FO_TRY(file.write(text));
  return file.commit();
}

Result<RestorePlanFile> parse_restore_plan(std::string_view text, const std::filesystem::path& path) {
  std::string_view rest = text;
  const auto header_text = rest.substr(0, rest.find('\n'));
  FO_TRY(check_state_format(header_text, format_number, path));
  try {
    RestorePlanFile plan;
    const auto header = json::parse(header_text);
    header.at("run").get_to(plan.run);
    header.at("slots").get_to(plan.slots);
    plan.roots = FO_TRY(roots_from_json(header.at("roots").dump()));
    const auto count = header.at("acts").get<std::size_t>();
    rest.remove_prefix(header_text.size());
    while (rest.size() > 1) {
      rest.remove_prefix(1);
      const auto line = rest.substr(0, rest.find('\n'));
      if (!has_integers_only(line)) return damaged_state(path);
      plan.acts.push_back(act_from(json::parse(line)));
      rest.remove_prefix(line.size());
    }
    if (plan.acts.size() != count) return damaged_state(path);
    return plan;
  } catch (const json::exception&) {
    return damaged_state(path);
  }
}

Result<RestorePlanFile> read_restore_plan(const StateDir& state, std::uint64_t run) {
  const auto path = numbered_file(state.restore(), prefix, run);
  const auto text = FO_TRY(read_file(path, size_limit));
  auto plan = FO_TRY(parse_restore_plan(text, path));
  if (plan.run != run) return damaged_state(path);
  return plan;
}

Result<void> remove_restore_plan(const StateDir& state, std::uint64_t run) {
  return remove_file_durably(numbered_file(state.restore(), prefix, run));
}

Result<std::vector<std::uint64_t>> list_restore_plans(const StateDir& state) {
  return list_numbered_files(state.restore(), prefix);
}

}  // namespace failover
