#include "state/seen_up.hpp"

#include <chrono>
#include <cstddef>
#include <expected>
#include <filesystem>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <utility>

#include <nlohmann/json.hpp>

#include <failover/error.hpp>
#include <failover/watch.hpp>

#include "core/atomic_file.hpp"
#include "core/clock.hpp"
#include "core/file_io.hpp"
#include "core/file_lock.hpp"
#include "state/state_dir.hpp"
#include "state/state_format.hpp"
#include "state/target_identity.hpp"

namespace failover {

namespace {

constexpr int format_number = 1;
constexpr std::size_t size_limit = 16UL * 1024 * 1024;

}  // namespace

SeenUpFile::SeenUpFile(std::filesystem::path path, Targets targets) : path_(std::move(path)) {
  keep(std::move(targets));
}

void SeenUpFile::keep(Targets targets) {
  targets_ = std::move(targets);
  identities_.clear();
  for (const auto& [target, time] : targets_) identities_.insert(target_identity(target));
}

Result<SeenUpFile::Targets> SeenUpFile::read(const std::filesystem::path& path) {
  const auto text = read_file(path, size_limit);
  if (!text && text.error().kind == ErrorKind::not_found) return Targets{};
  if (!text) return std::unexpected(text.error().while_doing("reading which targets were seen up"));
  FO_TRY(check_state_format(*text, format_number, path));
  const auto json = nlohmann::json::parse(*text, nullptr, false);
  if (!json.contains("targets") || !json["targets"].is_object()) return damaged_state(path);
  Targets targets;
  for (const auto& [target, time] : json["targets"].items()) {
    if (!time.is_string()) return damaged_state(path);
    targets.emplace(target, time.get<std::string>());
  }
  return targets;
}

Result<SeenUpFile> SeenUpFile::open(const StateDir& state) {
  auto path = state.probe() / "seen-up";
  auto targets = FO_TRY(read(path));
  return SeenUpFile(std::move(path), std::move(targets));
}

bool SeenUpFile::contains(std::string_view target) const {
  return targets_.contains(target) || identities_.contains(target_identity(target));
}

Result<void> SeenUpFile::add(std::span<const std::string> targets) {
  auto lock_path = path_;
  lock_path += ".lock";
  // Another watch holds it for a few milliseconds only; whoever comes too late remembers at the next check.
  const auto lock = FO_TRY(FileLock::take(lock_path));
  auto all = FO_TRY(read(path_));
  const auto now = rfc3339(std::chrono::system_clock::now());
  for (const auto& target : targets) all.try_emplace(target, now);
  const nlohmann::json json{{"format", format_number}, {"targets", all}};
  FO_TRY(write_file_atomically(path_, json.dump(1) + "\n"));
  keep(std::move(all));
  return {};
}

Result<std::unique_ptr<SeenUp>> open_seen_up(const std::filesystem::path& state_dir) {
  const auto state = FO_TRY(StateDir::open(state_dir));
  return std::make_unique<SeenUpFile>(FO_TRY(SeenUpFile::open(state)));
}

}  // namespace failover
