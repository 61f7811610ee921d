#include "fetch/partial.hpp"

#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <filesystem>
#include <span>
#include <string>
#include <string_view>
#include <utility>

#include <fcntl.h>
#include <nlohmann/json.hpp>
#include <sys/stat.h>
#include <sys/types.h>
#include <unistd.h>

#include <failover/error.hpp>
#include <failover/source.hpp>

#include "core/atomic_file.hpp"
#include "core/fd.hpp"
#include "core/file_io.hpp"
#include "core/system_error.hpp"

namespace failover {

namespace {

constexpr std::string_view part_name = ".fo-fetch.part";
constexpr std::string_view note_name = ".fo-fetch.part.json";
constexpr std::size_t note_limit = std::size_t{64} * 1024;

/// Everything that makes it this object. Compared as text, so a note of another format is simply another object's.
std::string note_of(const std::string& source, const ObjectInfo& object) {
  const nlohmann::json note{{"format", 1},
                            {"source", source},
                            {"object", object.path},
                            {"size", object.size},
                            {"modified_ns", object.modified.time_since_epoch().count()},
                            {"version", object.version}};
  return note.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace) + "\n";
}

bool is_noted(const std::filesystem::path& folder, const std::string& note) {
  const auto found = read_file(folder / note_name, note_limit);
  return found && *found == note;
}

}  // namespace

Partial::Partial(std::filesystem::path path, Fd fd, std::uint64_t size) noexcept
    : path_(std::move(path)), fd_(std::move(fd)), size_(size) {}

std::uint64_t Partial::left_over(const std::filesystem::path& folder, const std::string& source,
                                 const ObjectInfo& object) {
  struct stat info{};
  if (!is_noted(folder, note_of(source, object))) return 0;
  if (::lstat((folder / part_name).c_str(), &info) != 0 || !S_ISREG(info.st_mode)) return 0;
  const auto size = static_cast<std::uint64_t>(info.st_size);
  return size > object.size ? 0 : size;
}

Result<Partial> Partial::open(const std::filesystem::path& folder, const std::string& source,
                              const ObjectInfo& object) {
  const auto path = folder / part_name;
  const auto note = note_of(source, object);
  auto size = left_over(folder, source, object);
  if (size == 0) {
    // The bytes go before the note changes: never may a note speak of another object's bytes.
    FO_TRY(discard(folder));
    FO_TRY(write_file_atomically(folder / note_name, note));
  }
  Fd fd = FO_TRY(open_file(path, O_RDWR | O_CREAT | O_NOFOLLOW | O_APPEND, 0600));
  return Partial(path, std::move(fd), size);
}

Result<void> Partial::discard(const std::filesystem::path& folder) {
  FO_TRY(remove_file_durably(folder / part_name));
  return remove_file_durably(folder / note_name);
}

Result<void> Partial::append(std::span<const std::byte> bytes) {
  FO_TRY(while_doing("writing " + path_.string(), write_all(fd_.get(), bytes)));
  size_ += bytes.size();
  return {};
}

Result<void> Partial::restart() {
  if (::ftruncate(fd_.get(), 0) != 0) return fail_errno("cannot empty " + path_.string());
  size_ = 0;
  return {};
}

Result<void> Partial::sync() {
  return while_doing("writing " + path_.string(), sync_file(fd_.get()));
}

Result<void> Partial::publish(const std::filesystem::path& as) {
  if (::rename(path_.c_str(), as.c_str()) != 0) return fail_errno("cannot publish " + as.string());
  FO_TRY(sync_directory(as.parent_path()));
  return remove_file_durably(as.parent_path() / note_name);
}

}  // namespace failover
