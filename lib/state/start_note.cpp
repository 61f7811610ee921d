#include "state/start_note.hpp"

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>

#include <nlohmann/json.hpp>

#include <failover/error.hpp>
#include <failover/role.hpp>

#include "core/atomic_file.hpp"
#include "core/file_io.hpp"
#include "state/state_format.hpp"

namespace failover {

namespace {

constexpr int format_number = 1;
constexpr std::size_t size_limit = 4096;

std::filesystem::path place(const std::filesystem::path& notes, const std::string& service) {
  return notes / (service + ".note");
}

}  // namespace

std::optional<StartNote> read_start_note(const std::filesystem::path& notes, const std::string& service) {
  const auto path = place(notes, service);
  const auto text = read_file(path, size_limit);
  if (!text || !check_state_format(*text, format_number, path)) return std::nullopt;
  const auto json = nlohmann::json::parse(*text, nullptr, false);
  const auto word = [&json](const char* key) {
    const auto found = json.find(key);
    return found != json.end() && found->is_string() ? found->get<std::string>() : std::string();
  };
  const auto epoch = json.find("epoch");
  if (epoch == json.end() || !epoch->is_number_unsigned()) return std::nullopt;
  return StartNote{word("service"), word("node"), word("boot"), epoch->get<std::uint64_t>()};
}

Result<void> write_start_note(const std::filesystem::path& notes, const StartNote& note) {
  constexpr unsigned for_root = 0755;
  FO_TRY(make_directories(notes, for_root));
  const nlohmann::json json{{"format", format_number},
                            {"service", note.service},
                            {"node", note.node},
                            {"boot", note.boot_id},
                            {"epoch", note.epoch}};
  return write_file_atomically(place(notes, note.service), json.dump() + "\n");
}

Result<void> remove_start_note(const std::filesystem::path& notes, const std::string& service) {
  return remove_file_durably(place(notes, service));
}

std::string boot_id_of_this_host() {
  auto text = read_file("/proc/sys/kernel/random/boot_id", size_limit).value_or("");
  while (text.ends_with('\n')) text.pop_back();
  return text;
}

}  // namespace failover
