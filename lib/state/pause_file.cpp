#include "state/pause_file.hpp"

#include <cstddef>
#include <expected>
#include <filesystem>
#include <optional>
#include <string>

#include <nlohmann/json.hpp>

#include <failover/error.hpp>
#include <failover/promoter.hpp>

#include "core/atomic_file.hpp"
#include "core/clock.hpp"
#include "core/file_io.hpp"
#include "state/state_dir.hpp"
#include "state/state_format.hpp"

namespace failover {

namespace {

constexpr int format_number = 1;
constexpr std::size_t size_limit = 64UL * 1024;

std::filesystem::path file_of(const StateDir& state) {
  return state.promote() / "pause";
}

Result<PromotionPause> parse(const std::filesystem::path& path, const std::string& text) {
  const auto json = nlohmann::json::parse(text, nullptr, false);
  const auto is_text = [&json](const char* key) { return json.contains(key) && json[key].is_string(); };
  if (!is_text("since") || !is_text("until") || !is_text("reason")) return damaged_state(path);
  const auto since = parse_rfc3339(json["since"].get<std::string>());
  const auto until = parse_rfc3339(json["until"].get<std::string>());
  if (!since || !until) return damaged_state(path);
  return PromotionPause{*since, *until, json["reason"].get<std::string>()};
}

}  // namespace

Result<std::optional<PromotionPause>> read_pause(const StateDir& state) {
  const auto path = file_of(state);
  const auto text = read_file(path, size_limit);
  if (!text && text.error().kind == ErrorKind::not_found) return std::nullopt;
  if (!text) return std::unexpected(text.error().while_doing("reading whether promotions are paused"));
  FO_TRY(check_state_format(*text, format_number, path));
  return FO_TRY(parse(path, *text));
}

Result<void> write_pause(const StateDir& state, const PromotionPause& pause) {
  const nlohmann::json json{{"format", format_number},
                            {"since", rfc3339(pause.since)},
                            {"until", rfc3339(pause.until)},
                            {"reason", pause.reason}};
  const auto text = json.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace) + "\n";
  return while_doing("writing down the pause", write_file_atomically(file_of(state), text));
}

Result<void> remove_pause(const StateDir& state) {
  return while_doing("ending the pause", remove_file_durably(file_of(state)));
}

}  // namespace failover
