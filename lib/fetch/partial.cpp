#include "fetch/partial.hpp"

#include <algorithm>
#include <cerrno>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <filesystem>
#include <memory>
#include <mutex>
#include <span>
#include <string>
#include <string_view>
#include <system_error>
#include <utility>
#include <vector>

#include <fcntl.h>
#include <nlohmann/json.hpp>
#include <sys/stat.h>
#include <sys/types.h>
#include <unistd.h>

#include <failover/context.hpp>
#include <failover/error.hpp>
#include <failover/source.hpp>

#include "core/atomic_file.hpp"
#include "core/crc.hpp"
#include "core/fd.hpp"
#include "core/file_io.hpp"
#include "core/system_error.hpp"
#include "fetch/part_map.hpp"
#include "fetch/range_set.hpp"

namespace failover {

namespace {

constexpr std::string_view part_name = ".fo-fetch.part";
constexpr std::string_view note_name = ".fo-fetch.part.json";
constexpr std::string_view map_name = ".fo-fetch.part.map";
constexpr std::size_t note_limit = std::size_t{64} * 1024;
constexpr std::size_t map_limit = std::size_t{64} * 1024 * 1024;
constexpr std::size_t read_size = std::size_t{1024} * 1024;
constexpr std::uint64_t least_to_begin = std::uint64_t{1024} * 1024;
constexpr std::uint64_t piece_size = std::uint64_t{16} * 1024 * 1024;
constexpr std::uint64_t record_size = std::uint64_t{4} * 1024 * 1024;

/// Everything that makes it this object. Compared as text, so a note of another format is simply another object's.
std::string note_of(const std::string& source, const ObjectInfo& object) {
  const nlohmann::json note{{"format", 2},
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

/// The records of this object's bytes that lie within the file as it is.
std::vector<MapRecord> records_left(const std::filesystem::path& folder, const std::string& note, std::uint64_t size) {
  struct stat info{};
  if (!is_noted(folder, note)) return {};
  if (::lstat((folder / part_name).c_str(), &info) != 0 || !S_ISREG(info.st_mode)) return {};
  const auto there = std::min(size, static_cast<std::uint64_t>(info.st_size));
  const auto text = read_file(folder / map_name, map_limit);
  if (!text) return {};
  auto records = parse_map(*text);
  std::erase_if(records, [there](const MapRecord& record) { return end_of(record.range) > there; });
  return records;
}

Result<std::uint32_t> crc_in_file(int fd, const ByteRange& range, std::span<std::byte> buffer) {
  std::uint32_t crc = 0;
  for (std::uint64_t done = 0; done < range.length;) {
    const auto want = static_cast<std::size_t>(std::min<std::uint64_t>(buffer.size(), range.length - done));
    const auto count = FO_TRY(read_at(fd, range.offset + done, buffer.first(want)));
    if (count == 0) break;
    crc = crc32(buffer.first(count), crc);
    done += count;
  }
  return crc;
}

Result<void> write_at(int fd, std::uint64_t offset, std::span<const std::byte> bytes) {
  while (!bytes.empty()) {
    const auto count = ::pwrite(fd, bytes.data(), bytes.size(), static_cast<off_t>(offset));
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) return fail_errno("pwrite");
    offset += static_cast<std::uint64_t>(count);
    bytes = bytes.subspan(static_cast<std::size_t>(count));
  }
  return {};
}

/// A hint: the disk gets to work while more comes in, so that the sync before publishing has little left to wait for.
/// What goes wrong, that sync tells.
void begin_writing(int fd, const ByteRange& range) noexcept {
  if (range.length < least_to_begin) return;
  ::sync_file_range(fd, static_cast<off64_t>(range.offset), static_cast<off64_t>(range.length), SYNC_FILE_RANGE_WRITE);
}

}  // namespace

struct Partial::State {
  std::filesystem::path folder;
  std::filesystem::path path;
  std::uint64_t size = 0;
  Fd fd;
  Fd map;
  mutable std::mutex mutex;
  // Under the mutex:
  std::vector<MapRecord> records;
  RangeSet there;
  std::uint64_t forgotten = 0;

  Result<void> add(const MapRecord& record) {
    const std::lock_guard lock(mutex);
    FO_TRY(while_doing("writing " + (folder / map_name).string(), write_all(map.get(), map_line(record))));
    records.push_back(record);
    there.add(record.range);
    return {};
  }
};

Partial::Partial(std::unique_ptr<State> state) noexcept : state_(std::move(state)) {}
Partial::Partial(Partial&&) noexcept = default;
Partial::~Partial() = default;

std::uint64_t Partial::left_over(const std::filesystem::path& folder, const std::string& source,
                                 const ObjectInfo& object) {
  RangeSet there;
  for (const auto& record : records_left(folder, note_of(source, object), object.size)) there.add(record.range);
  return there.bytes();
}

Result<Partial> Partial::open(const std::filesystem::path& folder, const std::string& source, const ObjectInfo& object,
                              const Context& context) {
  const auto note = note_of(source, object);
  auto records = records_left(folder, note, object.size);
  if (records.empty()) {
    // The bytes go before the note changes: never may a note speak of another object's bytes.
    FO_TRY(discard(folder));
    FO_TRY(write_file_atomically(folder / note_name, note));
  }
  auto state = std::make_unique<State>();
  state->folder = folder;
  state->path = folder / part_name;
  state->size = object.size;
  state->fd = FO_TRY(open_file(state->path, O_RDWR | O_CREAT | O_NOFOLLOW, 0600));
  std::vector<std::byte> buffer(records.empty() ? 0 : read_size);
  std::uint64_t done = 0;
  for (const auto& record : records) {
    FO_TRY(context.check());
    context.progress("checking what an interrupted run left", done += record.range.length, 0);
    if (FO_TRY(while_doing("reading " + state->path.string(), crc_in_file(state->fd.get(), record.range, buffer))) !=
        record.crc) {
      continue;
    }
    state->records.push_back(record);
    state->there.add(record.range);
  }
  Partial partial(std::move(state));
  FO_TRY(partial.rewrite_map());
  return partial;
}

Result<void> Partial::discard(const std::filesystem::path& folder) {
  FO_TRY(remove_file_durably(folder / part_name));
  FO_TRY(remove_file_durably(folder / map_name));
  return remove_file_durably(folder / note_name);
}

Result<void> Partial::sweep(const std::filesystem::path& folder) {
  std::error_code error;
  const auto is_there = [&](std::string_view name) {
    return std::filesystem::symlink_status(folder / name, error).type() != std::filesystem::file_type::not_found;
  };
  if (is_there(part_name) || (!is_there(map_name) && !is_there(note_name))) return {};
  return discard(folder);
}

const std::filesystem::path& Partial::path() const noexcept {
  return state_->path;
}

int Partial::fd() const noexcept {
  return state_->fd.get();
}

std::uint64_t Partial::size() const noexcept {
  return state_->size;
}

Partial::Front Partial::front() const {
  const std::lock_guard lock(state_->mutex);
  return {state_->there.front(), state_->forgotten};
}

std::uint64_t Partial::present() const {
  const std::lock_guard lock(state_->mutex);
  return state_->there.bytes();
}

std::vector<ByteRange> Partial::missing() const {
  return missing_from({0, state_->size});
}

std::vector<ByteRange> Partial::missing_from(const ByteRange& range) const {
  const std::lock_guard lock(state_->mutex);
  return state_->there.missing_from(range);
}

std::uint64_t Partial::copied() const {
  const std::lock_guard lock(state_->mutex);
  RangeSet copied;
  for (const auto& record : state_->records) {
    if (record.origin == Origin::copied) copied.add(record.range);
  }
  return copied.bytes();
}

Result<void> Partial::rewrite_map() {
  std::string text;
  for (const auto& record : state_->records) text += map_line(record);
  const auto path = state_->folder / map_name;
  FO_TRY(write_file_atomically(path, text));
  state_->map = FO_TRY(open_file(path, O_WRONLY | O_APPEND | O_NOFOLLOW));
  return {};
}

Result<void> Partial::forget(std::span<const ByteRange> ranges) {
  const std::lock_guard lock(state_->mutex);
  ++state_->forgotten;
  const RangeSet gone(ranges);
  std::vector<std::byte> buffer(read_size);
  std::vector<MapRecord> kept;
  for (const auto& record : state_->records) {
    const auto rest = gone.missing_from(record.range);
    if (rest.size() == 1 && rest.front().length == record.range.length) {
      kept.push_back(record);
      continue;
    }
    for (const auto& range : rest) {
      kept.push_back({range, FO_TRY(crc_in_file(state_->fd.get(), range, buffer)), record.origin});
    }
  }
  state_->records = std::move(kept);
  for (const auto& range : ranges) state_->there.remove(range);
  return rewrite_map();
}

Result<void> Partial::forget_copied() {
  const std::lock_guard lock(state_->mutex);
  ++state_->forgotten;
  std::erase_if(state_->records, [](const MapRecord& record) { return record.origin == Origin::copied; });
  state_->there = {};
  for (const auto& record : state_->records) state_->there.add(record.range);
  return rewrite_map();
}

Result<void> Partial::restart() {
  const std::lock_guard lock(state_->mutex);
  ++state_->forgotten;
  state_->records.clear();
  state_->there = {};
  FO_TRY(rewrite_map());
  if (::ftruncate(state_->fd.get(), 0) != 0) return fail_errno("cannot empty " + state_->path.string());
  return {};
}

Result<void> Partial::write_out(const Context& context) {
  // Piece by piece, so that it ends by the deadline.
  constexpr unsigned all = SYNC_FILE_RANGE_WAIT_BEFORE | SYNC_FILE_RANGE_WRITE | SYNC_FILE_RANGE_WAIT_AFTER;
  for (std::uint64_t done = 0; done < state_->size; done += piece_size) {
    FO_TRY(context.check());
    const auto length = std::min(piece_size, state_->size - done);
    if (::sync_file_range(state_->fd.get(), static_cast<off64_t>(done), static_cast<off64_t>(length), all) == 0)
      continue;
    // Some file systems know no such thing; sync() does it all.
    if (errno == ENOSYS || errno == EINVAL || errno == ESPIPE) return {};
    return fail_errno("writing " + state_->path.string());
  }
  return {};
}

Result<void> Partial::sync() {
  return while_doing("writing " + state_->path.string(), sync_file(state_->fd.get()));
}

Result<void> Partial::publish(const std::filesystem::path& as) {
  if (::rename(state_->path.c_str(), as.c_str()) != 0) return fail_errno("cannot publish " + as.string());
  const auto folder = as.parent_path();
  FO_TRY(sync_directory(folder));
  FO_TRY(remove_file_durably(folder / map_name));
  return remove_file_durably(folder / note_name);
}

Result<void> PartWriter::write(std::uint64_t offset, std::span<const std::byte> bytes) {
  auto& state = *partial_.state_;
  if (bytes.empty()) return {};
  if (offset > state.size || bytes.size() > state.size - offset) {
    return fail(ErrorKind::conflict, "the source gave bytes beyond the end of the object");
  }
  if (end_of(pending_.range) != offset || pending_.range.length >= record_size) FO_TRY(flush());
  FO_TRY(while_doing("writing " + state.path.string(), write_at(state.fd.get(), offset, bytes)));
  if (pending_.range.length == 0) pending_ = {{offset, 0}, 0, origin_};
  pending_.crc = crc32(bytes, pending_.crc);
  pending_.range.length += bytes.size();
  return {};
}

Result<void> PartWriter::flush() {
  if (pending_.range.length == 0) return {};
  const auto record = std::exchange(pending_, MapRecord{});
  begin_writing(partial_.state_->fd.get(), record.range);
  return partial_.state_->add(record);
}

}  // namespace failover
