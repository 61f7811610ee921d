#include "source/sftp_link.hpp"

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <expected>
#include <functional>
#include <memory>
#include <optional>
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
#include "source/sftp_packet.hpp"
#include "source/sftp_pipeline.hpp"

namespace failover {

namespace {

constexpr std::size_t most_entries = 100'000;
/// What the server may send before it hears from us again: no less than a pipeline asks for.
constexpr unsigned long window = 16UL * 1024 * 1024;
constexpr std::size_t input_bytes = 2 * largest_sftp_packet;

unsigned length_of(const std::string& text) {
  return static_cast<unsigned>(text.size());
}

}  // namespace

SftpLink::SftpLink(std::unique_ptr<SshSession> session, LIBSSH2_SFTP* sftp) noexcept
    : session_(std::move(session)), sftp_(sftp), channel_(::libssh2_sftp_get_channel(sftp)) {}

SftpLink::~SftpLink() {
  // With the connection gone none of these has anything left to wait for.
  session_->hang_up();
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
  return sftp_error(static_cast<std::uint32_t>(::libssh2_sftp_last_error(sftp_)), work);
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

Result<void> SftpLink::send(const std::string& packets, const Context& context) {
  for (std::size_t sent = 0; sent < packets.size();) {
    const auto count = FO_TRY(session_->drive(
        [&]() -> long { return ::libssh2_channel_write(channel_, packets.data() + sent, packets.size() - sent); },
        context));
    if (count < 0) return std::unexpected(session_->error_of(count, "cannot ask for more"));
    sent += static_cast<std::size_t>(count);
  }
  return {};
}

Result<void> SftpLink::receive(const Taker& take, const Context& context) {
  input_.resize(input_bytes);
  if (::libssh2_channel_window_read(channel_) < window / 2) {
    const auto code = FO_TRY(session_->drive(
        [&] { return ::libssh2_channel_receive_window_adjust2(channel_, window / 2, 1, nullptr); }, context));
    if (code < 0) return std::unexpected(session_->error_of(code, "cannot open the window"));
  }
  const auto room = std::span(input_).subspan(filled_);
  const auto count = FO_TRY(session_->drive(
      [&]() -> long { return ::libssh2_channel_read(channel_, reinterpret_cast<char*>(room.data()), room.size()); },
      context));
  if (count < 0) return std::unexpected(session_->error_of(count, "cannot read"));
  if (count == 0) return fail(ErrorKind::unreachable, "the server ended the SFTP connection");
  filled_ += static_cast<std::size_t>(count);
  std::span<const std::byte> stream(input_.data(), filled_);
  while (const auto answer = FO_TRY(take_sftp_answer(stream))) FO_TRY(take(*answer));
  std::ranges::copy(stream, input_.begin());
  filled_ = stream.size();
  return {};
}

Result<std::string> SftpLink::ask(const std::string& packet, std::uint32_t id, SftpType type, const std::string& work,
                                  const Context& context) {
  in_order_ = false;
  FO_TRY(send(packet, context));
  std::optional<Result<std::string>> said;
  const auto take = [&](const SftpAnswer& answer) -> Result<void> {
    const bool refused = answer.type == SftpType::status && answer.status != sftp_ok;
    if (said || answer.id != id || (!refused && answer.type != type)) {
      return fail(ErrorKind::protocol, work + ": the server answers something else");
    }
    if (refused) {
      said = std::unexpected(sftp_error(answer.status, work));
    } else {
      said = std::string(reinterpret_cast<const char*>(answer.bytes.data()), answer.bytes.size());
    }
    return {};
  };
  while (!said) FO_TRY(receive(take, context));
  in_order_ = filled_ == 0;
  return *said;
}

Result<void> SftpLink::open_file(const ObjectInfo& object, const Context& context) {
  std::string packet;
  const auto id = next_id_++;
  append_sftp_open(packet, id, object.path);
  file_ = FO_TRY(ask(packet, id, SftpType::handle, "cannot open " + object.path, context));
  open_object_ = object;
  return {};
}

Result<void> SftpLink::read(const ObjectInfo& object, std::span<const ByteRange> ranges, const Source::Sink& sink,
                            const Context& context) {
  // An open handle goes on to show what was replaced; another object under the name needs another one.
  const bool same =
      open_object_.path == object.path && open_object_.size == object.size && open_object_.modified == object.modified;
  if (!same) FO_TRY(close_file(context));
  if (file_.empty()) FO_TRY(open_file(object, context));
  SftpPipeline pipeline(object, file_, {ranges.begin(), ranges.end()}, next_id_);
  in_order_ = false;
  const auto take = [&](const SftpAnswer& answer) { return pipeline.take(answer, sink); };
  while (true) {
    FO_TRY(send(pipeline.requests(), context));
    if (pipeline.done()) break;
    FO_TRY(receive(take, context));
  }
  in_order_ = filled_ == 0;
  return {};
}

Result<void> SftpLink::close_file(const Context& context) {
  if (file_.empty()) return {};
  std::string packet;
  const auto id = next_id_++;
  append_sftp_close(packet, id, file_);
  file_.clear();
  FO_TRY(ask(packet, id, SftpType::status, "cannot close " + open_object_.path, context));
  return {};
}

}  // namespace failover
