#include "workers/stream_archive.hpp"

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include <archive.h>
#include <archive_entry.h>
#include <sys/stat.h>
#include <sys/types.h>

#include <failover/context.hpp>
#include <failover/error.hpp>

#include "archive/archive_entry.hpp"
#include "archive/archive_format.hpp"
#include "archive/archive_rule.hpp"
#include "archive/entry_path.hpp"
#include "core/clock.hpp"
#include "core/file_io.hpp"
#include "core/secret.hpp"
#include "workers/gzip_stream.hpp"

namespace failover {

namespace {

constexpr std::size_t chunk = std::size_t{256} * 1024;
constexpr std::size_t unpacked_chunk = std::size_t{1024} * 1024;
/// Two blocks of zeros (POSIX ustar).
constexpr std::uint64_t end_marker = 1024;

std::uint64_t zeros_at_end(std::string_view bytes) noexcept {
  const auto last = bytes.find_last_not_of('\0');
  return last == std::string_view::npos ? bytes.size() : bytes.size() - last - 1;
}

WallTime time_of(const archive_entry* entry) noexcept {
  auto* const told = const_cast<archive_entry*>(entry);
  return wall_time(::archive_entry_mtime(told), ::archive_entry_mtime_nsec(told));
}

Result<EntryKind> kind_of(archive_entry* entry, std::string_view name) {
  if (::archive_entry_hardlink(entry) != nullptr) {
    return refuse(ArchiveRule::entry_type, name, "it is a hard link; make the backup without (tar --hard-dereference)");
  }
  switch (::archive_entry_filetype(entry)) {
    case AE_IFREG:
      return EntryKind::file;
    case AE_IFDIR:
      return EntryKind::directory;
    case AE_IFLNK:
      return EntryKind::symlink;
    default:
      return refuse(ArchiveRule::entry_type, name, "it is neither a regular file nor a directory");
  }
}

}  // namespace

/// What libarchive reads from: the file, and above it for a tar the bytes once they are unpacked.
struct StreamArchive::Input {
  int fd = -1;
  std::uint64_t offset = 0;
  std::uint64_t size = 0;
  std::string buffer = std::string(chunk, '\0');
  archive* unpacker = nullptr;
  std::unique_ptr<GzipStream> gzip;  ///< instead of unpacker
  std::uint64_t unpacked = 0;
  std::uint64_t zeros = 0;  ///< how many zeros end what was unpacked so far

  static la_ssize_t read_file(archive* handle, void* self, const void** bytes) noexcept {
    auto* input = static_cast<Input*>(self);
    const auto count = read_at(input->fd, input->offset, std::as_writable_bytes(std::span(input->buffer)));
    if (!count) {
      ::archive_set_error(handle, EIO, "%s", count.error().message.c_str());
      return -1;
    }
    input->offset += *count;
    *bytes = input->buffer.data();
    return static_cast<la_ssize_t>(*count);
  }

  static la_int64_t seek_file(archive* /*handle*/, void* self, la_int64_t to, int whence) noexcept {
    auto* input = static_cast<Input*>(self);
    const auto base =
        whence == SEEK_SET ? 0 : static_cast<la_int64_t>(whence == SEEK_CUR ? input->offset : input->size);
    if (to < -base) return ARCHIVE_FATAL;
    input->offset = static_cast<std::uint64_t>(base + to);
    return base + to;
  }

  static la_ssize_t read_unpacked(archive* handle, void* self, const void** bytes) noexcept {
    auto* input = static_cast<Input*>(self);
    if (input->gzip) {
      const auto got = input->read_gzip(handle, bytes);
      return input->note(got, *bytes);
    }
    std::size_t count = 0;
    la_int64_t offset = 0;
    const int result = ::archive_read_data_block(input->unpacker, bytes, &count, &offset);
    if (result == ARCHIVE_EOF) return 0;
    if (result != ARCHIVE_OK) {
      const char* why = ::archive_error_string(input->unpacker);
      ::archive_set_error(handle, EILSEQ, "%s", why == nullptr ? "it cannot be unpacked" : why);
      return -1;
    }
    return input->note(static_cast<la_ssize_t>(count), *bytes);
  }

  la_ssize_t read_gzip(archive* handle, const void** bytes) const noexcept {
    const auto part = gzip->next();
    if (!part) {
      ::archive_set_error(handle, EILSEQ, "%s", part.error().message.c_str());
      return -1;
    }
    *bytes = part->data();
    return static_cast<la_ssize_t>(part->size());
  }

  la_ssize_t note(la_ssize_t got, const void* bytes) noexcept {
    if (got <= 0) return got;
    const std::string_view text(static_cast<const char*>(bytes), static_cast<std::size_t>(got));
    const auto ending = zeros_at_end(text);
    zeros = ending == text.size() ? zeros + ending : ending;
    unpacked += text.size();
    return got;
  }
};

void StreamArchive::Free::operator()(archive* handle) const noexcept {
  ::archive_read_free(handle);
}

StreamArchive::StreamArchive()
    : input_(std::make_unique<Input>()), handle_(::archive_read_new()), room_(unpacked_chunk, '\0') {}
StreamArchive::~StreamArchive() = default;

Result<std::unique_ptr<StreamArchive>> StreamArchive::open(int fd, ArchiveFormat format, const Secret* password) {
  std::unique_ptr<StreamArchive> stream(new StreamArchive());
  struct stat info{};
  if (::fstat(fd, &info) != 0 || !stream->handle_) return fail(ErrorKind::io, "cannot look at the archive");
  stream->input_->fd = fd;
  stream->tar_ = format == ArchiveFormat::tar;
  stream->input_->size = static_cast<std::uint64_t>(info.st_size);
  FO_TRY(format == ArchiveFormat::tar ? stream->open_tar(fd) : stream->open_zip(fd, password));
  return stream;
}

Result<void> StreamArchive::open_tar(int fd) {
  std::array<std::byte, 2> magic{};
  FO_TRY(read_at(fd, 0, magic));
  if (magic[0] == std::byte{0x1f} && magic[1] == std::byte{0x8b}) {
    input_->gzip = std::make_unique<GzipStream>(fd);
  } else {
    FO_TRY(open_unpacker());
  }
  ::archive_read_support_format_tar(handle_.get());
  if (::archive_read_open(handle_.get(), input_.get(), nullptr, Input::read_unpacked, nullptr) != ARCHIVE_OK) {
    return failure();
  }
  return {};
}

Result<void> StreamArchive::open_unpacker() {
  unpacker_.reset(::archive_read_new());
  auto* below = unpacker_.get();
  if (below == nullptr) return fail(ErrorKind::internal, "libarchive makes no reader");
  ::archive_read_support_format_raw(below);
  ::archive_read_support_filter_xz(below);
  ::archive_read_support_filter_zstd(below);
  archive_entry* only = nullptr;
  if (::archive_read_open(below, input_.get(), nullptr, Input::read_file, nullptr) != ARCHIVE_OK ||
      ::archive_read_next_header(below, &only) != ARCHIVE_OK) {
    const char* why = ::archive_error_string(below);
    return refuse(ArchiveRule::data,
                  std::string("it cannot be unpacked: ") + (why == nullptr ? "no reason given" : why));
  }
  input_->unpacker = below;
  return {};
}

Result<void> StreamArchive::open_zip(int /*fd*/, const Secret* password) {
  auto* handle = handle_.get();
  ::archive_read_support_format_zip_seekable(handle);
  if (password != nullptr) ::archive_read_add_passphrase(handle, std::string(password->reveal()).c_str());
  ::archive_read_set_read_callback(handle, Input::read_file);
  ::archive_read_set_seek_callback(handle, Input::seek_file);
  ::archive_read_set_callback_data(handle, input_.get());
  if (::archive_read_open1(handle) != ARCHIVE_OK) return failure();
  return {};
}

std::unexpected<Error> StreamArchive::failure() const {
  const char* said = ::archive_error_string(handle_.get());
  const std::string why = said == nullptr ? "no reason given" : said;
  if (why.contains("assphrase")) {
    return refuse(ArchiveRule::password, name_, "the password in --password-file does not open it");
  }
  if (name_.empty()) return refuse(ArchiveRule::data, "it cannot be read: " + why);
  return refuse(ArchiveRule::data, name_, "it cannot be read: " + why);
}

Result<std::optional<ArchiveEntry>> StreamArchive::next() {
  archive_entry* header = nullptr;
  const int result = ::archive_read_next_header(handle_.get(), &header);
  if (result == ARCHIVE_EOF) {
    if (tar_) FO_TRY(check_end());
    return std::nullopt;
  }
  if (result != ARCHIVE_OK) return failure();
  const char* name = ::archive_entry_pathname(header);
  if (name == nullptr) return refuse(ArchiveRule::name_utf8, "an entry's name is not valid UTF-8");
  name_ = name;
  ArchiveEntry entry;
  entry.path = FO_TRY(entry_path(name_, true));
  entry.kind = FO_TRY(kind_of(header, name_));
  if (entry.path.empty() && !entry.is_directory()) return refuse(ArchiveRule::name_empty, name_, "it has no name");
  if (entry.kind == EntryKind::file) {
    if (name_.ends_with('/')) return refuse(ArchiveRule::entry_type, name_, "it is a file but named as a directory");
    const auto size = ::archive_entry_size(header);
    if (::archive_entry_size_is_set(header) == 0 || size < 0) {
      return refuse(ArchiveRule::size, name_, "it does not state its size");
    }
    entry.size = static_cast<std::uint64_t>(size);
  }
  if (entry.is_directory() && ::archive_entry_size(header) != 0) {
    return refuse(ArchiveRule::directory_data, name_, "it is a directory with content");
  }
  if (const char* link = ::archive_entry_symlink(header)) entry.link = link;
  entry.mode = static_cast<unsigned>(::archive_entry_perm(header)) & 07777U;
  entry.modified = time_of(header);
  entry.place.offset = count_++;
  size_ = entry.size;
  note_position();
  return entry;
}

Result<void> StreamArchive::read(const Sink& sink) {
  std::uint64_t done = 0;
  while (true) {
    const auto count = ::archive_read_data(handle_.get(), room_.data(), room_.size());
    if (count < 0) return failure();
    if (count == 0) break;
    const auto bytes = std::as_bytes(std::span(room_)).first(static_cast<std::size_t>(count));
    if (bytes.size() > size_ - done) return refuse(ArchiveRule::size, name_, "it unpacks to more than it states");
    done += bytes.size();
    FO_TRY(sink(bytes));
  }
  if (done != size_) return refuse(ArchiveRule::size, name_, "it unpacks to less than it states");
  note_position();
  return {};
}

/// Everything that was read up to here belongs to an entry; blocks are whole.
void StreamArchive::note_position() noexcept {
  constexpr std::uint64_t block = 512;
  const auto taken = static_cast<std::uint64_t>(std::max<la_int64_t>(::archive_filter_bytes(handle_.get(), 0), 0));
  entries_end_ = (taken + block - 1) / block * block;
}

/// libarchive takes the end of the file for the end of the archive, so a tar that was cut off between two entries would
/// pass; and what follows an end marker it does not look at.
Result<void> StreamArchive::check_end() {
  name_.clear();
  const void* bytes = nullptr;
  while (true) {
    const auto count = Input::read_unpacked(handle_.get(), input_.get(), &bytes);
    if (count < 0) return failure();
    if (count == 0) break;
  }
  const auto rest = input_->unpacked - std::min(entries_end_, input_->unpacked);
  if (rest < end_marker) return refuse(ArchiveRule::end_record, "it has no end marker: it was cut off");
  if (input_->zeros < rest) return refuse(ArchiveRule::hidden_bytes, "bytes that belong to nothing follow its entries");
  return {};
}

}  // namespace failover
