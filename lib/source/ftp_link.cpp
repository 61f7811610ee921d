#include "source/ftp_link.hpp"

#include <algorithm>
#include <array>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <expected>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include <failover/context.hpp>
#include <failover/error.hpp>
#include <failover/source.hpp>

#include "net/waiting_stream.hpp"
#include "source/ftp_control.hpp"
#include "source/ftp_listing.hpp"
#include "source/ftp_reply.hpp"

namespace failover {

namespace {

constexpr std::size_t mebibyte = std::size_t{1024} * 1024;
constexpr std::size_t longest_listing = 32 * mebibyte;
constexpr std::size_t most_entries = 100'000;
/// A server may be so far ahead of a short read; what it sends in vain was paid for by the line.
constexpr std::uint64_t least_ahead = 64 * std::uint64_t{1024};
constexpr std::uint64_t long_read = 256 * std::uint64_t{1024};
/// How long the server may take to see that we hung up.
constexpr std::chrono::seconds notice{5};

bool is_short(std::uint64_t ahead) noexcept {
  return ahead != 0 && ahead < long_read;
}

bool is_same(const ObjectInfo& a, const ObjectInfo& b) noexcept {
  return a.path == b.path && a.size == b.size && a.modified == b.modified;
}

ObjectInfo info_of(const std::string& path, std::uint64_t size, WallTime modified) {
  return {path.substr(path.rfind('/') + 1), path, size, modified, {}};
}

std::unexpected<Error> changed(const std::string& name, std::string_view how) {
  return fail(ErrorKind::conflict, fmt::format("{} {}; it was changed meanwhile", name, how));
}

}  // namespace

Result<std::unique_ptr<FtpLink>> FtpLink::open(const FtpPeer& peer, const Context& context) {
  return std::unique_ptr<FtpLink>(new FtpLink(FO_TRY(FtpControl::open(peer, context))));
}

Result<std::string> FtpLink::fetch_listing(std::string_view command, const std::string& argument,
                                           const std::string& folder, const Context& context) {
  const auto work = "cannot list " + folder;
  auto data = FO_TRY(control_->connect_data(context));
  FO_TRY(control_->begin_transfer(*data, command, argument, work, context));
  in_order_ = false;
  std::string text;
  std::vector<char> buffer(std::size_t{64} * 1024);
  while (const auto count = FO_TRY(data->read(std::as_writable_bytes(std::span(buffer)), context))) {
    text.append(buffer.data(), count);
    if (text.size() > longest_listing) {
      return fail(ErrorKind::protocol, "the listing of " + folder + " does not end; use a folder of its own");
    }
  }
  data.reset();  // ProFTPD waits for that, up to ten seconds, before it replies
  const auto answer = FO_TRY(control_->reply(context));
  // Only with this the listing is whole.
  if (!answer.is_good()) return std::unexpected(ftp_error(answer, work));
  in_order_ = true;
  return text;
}

Result<std::vector<FtpEntry>> FtpLink::list_by_name(const std::string& folder, const Context& context) {
  // LIST takes blanks and wildcards of a path for something else, so we go there, and back for paths from home.
  const auto here = FO_TRY(control_->demand("PWD", "", "cannot tell the folder after the log-in", context));
  const auto home = ftp_quoted_path(here.text());
  if (!home) return fail(ErrorKind::protocol, "the server does not tell the folder after the log-in: " + here.text());
  FO_TRY(control_->demand("CWD", folder, "cannot list " + folder, context));
  const auto text = FO_TRY(fetch_listing("LIST", "", folder, context));
  FO_TRY(control_->demand("CWD", *home, "cannot go back to " + *home, context));
  return parse_ftp_listing(text);
}

Result<std::vector<FtpEntry>> FtpLink::list(const std::string& folder, const Context& context) {
  FO_TRY(end_reading(context));
  auto entries = control_->knows("MLST")
                     ? parse_ftp_facts_listing(FO_TRY(fetch_listing("MLSD", folder, folder, context)))
                     : list_by_name(folder, context);
  if (entries && entries->size() > most_entries) {
    return fail(ErrorKind::protocol,
                fmt::format("{} holds more than {} names; use a folder of its own", folder, most_entries));
  }
  return entries;
}

Result<ObjectInfo> FtpLink::look_by_facts(const std::string& path, const Context& context) {
  const auto answer = FO_TRY(control_->demand("MLST", path, "cannot look at " + path, context));
  // "250- Listing", " FACTS PATH", "250 End"
  const auto line = std::ranges::find_if(answer.lines, [](const std::string& one) { return one.starts_with(' '); });
  const auto entry = line == answer.lines.end() ? std::nullopt : parse_ftp_facts(std::string_view(*line).substr(1));
  if (entry && entry->kind != FtpEntry::Kind::file) {
    return fail(ErrorKind::not_found, path + " is not a regular file; end the path of a folder with '/'");
  }
  if (entry && entry->size && entry->modified) return info_of(path, *entry->size, *entry->modified);
  return fail(ErrorKind::protocol, "the server's answer on " + path + " cannot be read: " + answer.text());
}

Result<ObjectInfo> FtpLink::look_by_size_and_time(const std::string& path, const Context& context) {
  const auto work = "cannot look at " + path;
  const auto told = FO_TRY(control_->demand("SIZE", path, work, context));
  const auto when = FO_TRY(control_->demand("MDTM", path, work, context));
  const auto size = ftp_size(told.text());
  const auto modified = ftp_time(when.text());
  if (told.code == 213 && size && when.code == 213 && modified) return info_of(path, *size, *modified);
  return fail(ErrorKind::protocol, fmt::format("the server tells neither size nor time of {} as RFC 3659 has it: '{}', "
                                               "'{}'",
                                               path, told.text(), when.text()));
}

Result<ObjectInfo> FtpLink::stat(const std::string& path, const Context& context) {
  FO_TRY(end_reading(context));
  // MLST is one question instead of two, but ProFTPD tells the size of a link and not of its file.
  if (control_->knows("MLST") && !(control_->knows("SIZE") && control_->knows("MDTM"))) {
    return look_by_facts(path, context);
  }
  return look_by_size_and_time(path, context);
}

std::optional<std::uint64_t> FtpLink::position(const ObjectInfo& object) const noexcept {
  return data_ && is_same(object, object_) ? std::optional(position_) : std::nullopt;
}

bool FtpLink::goes_on(const ObjectInfo& object, std::uint64_t offset, std::uint64_t ahead) const noexcept {
  return position(object) == offset && (!short_read_ || is_short(ahead));
}

Result<void> FtpLink::retrieve(const ObjectInfo& object, std::uint64_t offset, std::uint64_t ahead,
                               const Context& context) {
  const auto work = "cannot read " + object.path;
  auto data = FO_TRY(control_->connect_data(context));
  short_read_ = is_short(ahead);
  if (short_read_) data->limit_ahead(ahead + least_ahead);
  if (offset != 0) {
    const auto answer = FO_TRY(control_->ask("REST", fmt::to_string(offset), context));
    if (answer.code != 350) {
      return fail(ErrorKind::protocol, ftp_error(answer, work + " from the middle (REST)").message);
    }
  }
  const auto begun = control_->begin_transfer(*data, "RETR", object.path, work, context);
  if (!begun) {
    auto error = begun.error();
    // It was there a moment ago.
    if (error.kind == ErrorKind::not_found) error.kind = ErrorKind::permission;
    return std::unexpected(error);
  }
  data_ = std::move(data);
  object_ = object;
  position_ = offset;
  return {};
}

Result<void> FtpLink::begin_reading(const ObjectInfo& object, std::uint64_t offset, std::uint64_t ahead,
                                    const Context& context) {
  const auto now = FO_TRY(stat(object.path, context));
  if (!is_same(now, object)) {
    return fail(ErrorKind::conflict, object.name + " was replaced or written to meanwhile");
  }
  return retrieve(object, offset, ahead, context);
}

Result<std::size_t> FtpLink::read(const ObjectInfo& object, std::uint64_t offset, std::uint64_t ahead,
                                  std::span<std::byte> buffer, const Context& context) {
  if (!goes_on(object, offset, ahead)) FO_TRY(begin_reading(object, offset, ahead, context));
  const auto want = static_cast<std::size_t>(std::min<std::uint64_t>(buffer.size(), object.size - offset));
  const auto count = FO_TRY(data_->read(buffer.first(want), context));
  position_ += count;
  if (count == 0) {
    FO_TRY(take_last_reply(context));
    return changed(object.name, "ends before it should");
  }
  if (position_ == object.size) FO_TRY(end_of_object(context));
  return count;
}

Result<void> FtpLink::take_last_reply(const Context& context) {
  data_.reset();
  in_order_ = false;
  const auto answer = FO_TRY(control_->reply(context));
  in_order_ = true;
  return answer.is_good() ? Result<void>{} : std::unexpected(ftp_error(answer, "reading " + object_.path));
}

Result<void> FtpLink::end_of_object(const Context& context) {
  std::array<std::byte, 1> surplus{};
  const auto more = data_->read(surplus, context);
  // Every byte is here, so that the control connection's word suffices where a server just hangs up on TLS.
  if (!more && more.error().kind != ErrorKind::unreachable) return std::unexpected(more.error());
  if (!more || *more == 0) return take_last_reply(context);
  FO_TRY(end_reading(context));
  return changed(object_.name, "is longer than it was");
}

Result<void> FtpLink::end_reading(const Context& context) {
  if (!data_) return {};
  // Hanging up has one reply, good or bad; after ABOR there may be one or two.
  data_.reset();
  in_order_ = false;
  const auto answer = control_->reply(context.within(notice));
  if (!answer) {
    FO_TRY(context.check());
    return std::unexpected(answer.error());
  }
  in_order_ = answer->code != 421;
  return in_order_ ? Result<void>{} : std::unexpected(ftp_error(*answer, object_.path));
}

}  // namespace failover
