#include "state/undo_pin.hpp"

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>

#include <nlohmann/json.hpp>

#include <failover/error.hpp>

#include "core/atomic_file.hpp"
#include "core/clock.hpp"
#include "core/file_io.hpp"
#include "state/restore_journal.hpp"
#include "state/state_dir.hpp"
#include "state/state_format.hpp"

namespace failover {

namespace {

constexpr int format_number = 1;
constexpr std::size_t size_limit = 64UL * 1024;

std::filesystem::path pin_file(const StateDir& state) {
  return state.restore() / "pinned";
}

}  // namespace

Result<std::optional<UndoPin>> read_undo_pin(const StateDir& state) {
  const auto text = read_file(pin_file(state), size_limit);
  if (!text && text.error().kind == ErrorKind::not_found) return std::nullopt;
  if (!text) return std::unexpected(text.error());
  FO_TRY(check_state_format(*text, format_number, pin_file(state)));
  const auto json = nlohmann::json::parse(*text, nullptr, false);
  const auto is = [&json](const char* key, auto test) { return json.contains(key) && (json[key].*test)(); };
  using Json = nlohmann::json;
  if (!is("after", &Json::is_number_unsigned) || !is("reason", &Json::is_string) || !is("since", &Json::is_string)) {
    return damaged_state(pin_file(state));
  }
  const auto since = parse_rfc3339(json["since"].get<std::string>());
  if (!since) return damaged_state(pin_file(state));
  return UndoPin{json["after"].get<std::uint64_t>(), json["reason"].get<std::string>(), *since};
}

Result<void> pin_next_undo(const StateDir& state, const std::string& reason) {
  if (FO_TRY(read_undo_pin(state))) return {};
  const auto runs = FO_TRY(RestoreJournal::read(state));
  const nlohmann::json json{{"format", format_number},
                            {"after", runs.empty() ? std::uint64_t{0} : runs.back().number},
                            {"reason", reason},
                            {"since", rfc3339(std::chrono::system_clock::now())}};
  return while_doing("pinning the undo copies", write_file_atomically(pin_file(state), json.dump() + "\n"));
}

Result<void> remove_undo_pin(const StateDir& state) {
  return remove_file_durably(pin_file(state));
}

}  // namespace failover
