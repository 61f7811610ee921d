#include "source/sftp_link.hpp"

#include <array>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <expected>
#include <memory>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include <fmt/format.h>
#include <libssh2.h>
#include <libssh2_sftp.h>

#include <failover/context.hpp>
#include <failover/error.hpp>
#include <failover/source.hpp>

#include "net/ssh_session.hpp"

namespace failover {

namespace {

constexpr std::size_t most_entries = 100'000;

unsigned length_of(const std::string& text) {
  return static_cast<unsigned>(text.size());
}

}  // namespace

SftpLink::SftpLink(std::unique_ptr<SshSession> session, LIBSSH2_SFTP* sftp) noexcept
    : session_(std::move(session)), sftp_(sftp) {}

SftpLink::~SftpLink() {
  // With the connection gone none of these has anything left to wait for.
  session_->hang_up();
  if (file_ != nullptr) ::libssh2_sftp_close_handle(file_);
  if (folder_ != nullptr) ::libssh2_sftp_close_handle(folder_);
  ::libssh2_sftp_shutdown(sftp_);
}

Result<std::unique_ptr<SftpLink>> SftpLink::open(const SshPeer& peer, const SshOptions& options,
                                                 const Context& context) {
  auto session = FO_TRY(SshSession::connect(peer, options, context));
  LIBSSH2_SFTP* sftp = nullptr;
  const auto code = FO_TRY(session->drive(
      [&]() -> long {
        sftp = ::libssh2_sftp_init(session->handle());
        return sftp == nullptr ? ::libssh2_session_last_errno(session->handle()) : 0;
      },
      context));
  if (sftp == nullptr) {
    return std::unexpected(session->error_of(code, "starting SFTP at " + peer.text() + " (is its sftp subsystem on?)"));
  }
  return std::unique_ptr<SftpLink>(new SftpLink(std::move(session), sftp));
}

Error SftpLink::error_of(long code, const std::string& work) const {
  if (code != LIBSSH2_ERROR_SFTP_PROTOCOL) return session_->error_of(code, work);
  switch (const auto status = ::libssh2_sftp_last_error(sftp_)) {
    case LIBSSH2_FX_NO_SUCH_FILE:
    case LIBSSH2_FX_NO_SUCH_PATH:
      return {ErrorKind::not_found, work + ": no such file or folder on the server"};
    case LIBSSH2_FX_PERMISSION_DENIED:
      return {ErrorKind::permission, work + ": the server denies it to this user"};
    case LIBSSH2_FX_NO_CONNECTION:
    case LIBSSH2_FX_CONNECTION_LOST:
      return {ErrorKind::unreachable, work + ": the server lost the connection"};
    default:
      return {ErrorKind::protocol, fmt::format("{}: the server answers with SFTP error {}", work, status)};
  }
}

Result<LIBSSH2_SFTP_HANDLE*> SftpLink::open_handle(const std::string& path, int type, const Context& context) {
  LIBSSH2_SFTP_HANDLE* handle = nullptr;
  const auto code = FO_TRY(session_->drive(
      [&]() -> long {
        handle = ::libssh2_sftp_open_ex(sftp_, path.data(), length_of(path), LIBSSH2_FXF_READ, 0, type);
        return handle == nullptr ? ::libssh2_session_last_errno(session_->handle()) : 0;
      },
      context));
  if (handle == nullptr) return std::unexpected(error_of(code, "cannot open " + path));
  return handle;
}

Result<void> SftpLink::close_handle(LIBSSH2_SFTP_HANDLE* handle, const Context& context) {
  FO_TRY(session_->drive([&] { return ::libssh2_sftp_close_handle(handle); }, context));
  return {};
}

Result<std::vector<SftpLink::Entry>> SftpLink::list(const std::string& folder, const Context& context) {
  folder_ = FO_TRY(open_handle(folder, LIBSSH2_SFTP_OPENDIR, context));
  std::vector<Entry> entries;
  std::array<char, 4096> name{};
  while (true) {
    Entry entry;
    const auto length = FO_TRY(session_->drive(
        [&]() -> long {
          return ::libssh2_sftp_readdir_ex(folder_, name.data(), name.size(), nullptr, 0, &entry.attributes);
        },
        context));
    if (length < 0) return std::unexpected(error_of(length, "cannot list " + folder));
    if (length == 0) break;
    if (entries.size() == most_entries) {
      return fail(ErrorKind::protocol,
                  fmt::format("{} holds more than {} names; use a folder of its own", folder, most_entries));
    }
    entry.name.assign(name.data(), static_cast<std::size_t>(length));
    entries.push_back(std::move(entry));
  }
  FO_TRY(close_handle(folder_, context));
  folder_ = nullptr;
  return entries;
}

Result<LIBSSH2_SFTP_ATTRIBUTES> SftpLink::stat(const std::string& path, const Context& context) {
  LIBSSH2_SFTP_ATTRIBUTES attributes{};
  const auto code = FO_TRY(session_->drive(
      [&]() -> long {
        return ::libssh2_sftp_stat_ex(sftp_, path.data(), length_of(path), LIBSSH2_SFTP_STAT, &attributes);
      },
      context));
  if (code != 0) return std::unexpected(error_of(code, "cannot look at " + path));
  return attributes;
}

Result<void> SftpLink::open_file(const ObjectInfo& object, const Context& context) {
  file_ = FO_TRY(open_handle(object.path, LIBSSH2_SFTP_OPENFILE, context));
  open_object_ = object;
  position_ = 0;
  LIBSSH2_SFTP_ATTRIBUTES now{};
  const auto code = FO_TRY(session_->drive([&]() -> long { return ::libssh2_sftp_fstat_ex(file_, &now, 0); }, context));
  if (code != 0) return std::unexpected(error_of(code, "cannot look at " + object.path));
  if (now.filesize == object.size && WallTime(std::chrono::seconds(now.mtime)) == object.modified) return {};
  FO_TRY(close_file(context));
  return fail(ErrorKind::conflict, object.name + " was replaced or written to meanwhile");
}

Result<std::size_t> SftpLink::read(const ObjectInfo& object, std::uint64_t offset, std::span<std::byte> buffer,
                                   const Context& context) {
  // An open handle goes on to show what was replaced; another object under the name needs another one.
  const bool same =
      open_object_.path == object.path && open_object_.size == object.size && open_object_.modified == object.modified;
  if (!same) FO_TRY(close_file(context));
  if (file_ == nullptr) FO_TRY(open_file(object, context));
  if (position_ != offset) {
    ::libssh2_sftp_seek64(file_, offset);
    position_ = offset;
  }
  const auto count = FO_TRY(session_->drive(
      [&]() -> long { return ::libssh2_sftp_read(file_, reinterpret_cast<char*>(buffer.data()), buffer.size()); },
      context));
  if (count < 0) return std::unexpected(error_of(count, "cannot read " + object.path));
  position_ += static_cast<std::uint64_t>(count);
  return static_cast<std::size_t>(count);
}

Result<void> SftpLink::close_file(const Context& context) {
  if (file_ == nullptr) return {};
  FO_TRY(close_handle(file_, context));
  file_ = nullptr;
  return {};
}

}  // namespace failover
