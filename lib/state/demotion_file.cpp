#include "state/demotion_file.hpp"

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <expected>
#include <filesystem>
#include <optional>
#include <string>

#include <nlohmann/json.hpp>

#include <failover/error.hpp>

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
  return state.promote() / "demoting";
}

}  // namespace

Result<std::optional<OpenDemotion>> read_open_demotion(const StateDir& state) {
  const auto path = file_of(state);
  const auto text = read_file(path, size_limit);
  if (!text && text.error().kind == ErrorKind::not_found) return std::nullopt;
  if (!text) return std::unexpected(text.error().while_doing("reading whether a demotion is open"));
  FO_TRY(check_state_format(*text, format_number, path));
  const auto json = nlohmann::json::parse(*text, nullptr, false);
  const bool whole = json.contains("epoch") && json["epoch"].is_number_unsigned() && json.contains("since") &&
                     json["since"].is_string();
  if (!whole) return damaged_state(path);
  const auto since = parse_rfc3339(json["since"].get<std::string>());
  if (!since) return damaged_state(path);
  return OpenDemotion{json["epoch"].get<std::uint64_t>(), *since};
}

Result<void> open_demotion(const StateDir& state, std::uint64_t epoch) {
  const nlohmann::json json{
      {"format", format_number}, {"epoch", epoch}, {"since", rfc3339(std::chrono::system_clock::now())}};
  return while_doing("writing down that a demotion begins", write_file_atomically(file_of(state), json.dump() + "\n"));
}

Result<void> close_demotion(const StateDir& state) {
  return remove_file_durably(file_of(state));
}

}  // namespace failover
