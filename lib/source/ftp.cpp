#include "source/ftp.hpp"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include <failover/context.hpp>
#include <failover/error.hpp>
#include <failover/source.hpp>

#include "core/url.hpp"
#include "source/ftp_control.hpp"
#include "source/ftp_link.hpp"
#include "source/ftp_listing.hpp"
#include "source/glob.hpp"
#include "source/kept_link.hpp"

namespace failover {

namespace {

constexpr std::uint16_t default_port = 21;
constexpr std::uint16_t implicit_port = 990;
constexpr std::string_view home_prefix = "/~/";
constexpr std::size_t piece = std::size_t{256} * 1024;
/// Bytes between two ranges that are read and dropped: a new place costs six round trips.
constexpr std::uint64_t largest_gap = std::uint64_t{256} * 1024;
constexpr std::size_t most_looks = 1000;

class FtpSource : public Source {
 public:
  FtpSource(FtpPeer peer, PathPattern pattern, std::string location) noexcept
      : peer_(std::move(peer)), pattern_(std::move(pattern)), location_(std::move(location)) {}

  [[nodiscard]] std::string describe() const override { return location_; }

  Result<std::vector<ObjectInfo>> list(const Context& context) override {
    FO_TRY(leave(context));
    return use([&](FtpLink& link) { return list_over(link, context); }, context);
  }

  Result<ObjectInfo> stat(const std::string& path, const Context& context) override {
    FO_TRY(leave(context));
    return use([&](FtpLink& link) { return link.stat(path, context); }, context);
  }

  Result<std::size_t> read(const ObjectInfo& object, std::uint64_t offset, std::span<std::byte> buffer,
                           const Context& context) override {
    FO_TRY(context.check());
    if (offset >= object.size || buffer.empty()) return 0;
    return read_on(object, offset, 0, buffer, context);
  }

  Result<void> read_ranges(const ObjectInfo& object, std::span<const ByteRange> ranges, const Sink& sink,
                           const Context& context) override {
    for (const auto& range : ranges) {
      if (range.offset > object.size || range.length > object.size - range.offset) {
        return fail(ErrorKind::conflict, object.name + " ends before it should; it was changed meanwhile");
      }
    }
    for (const auto& range : ranges) FO_TRY(read_range(object, range, sink, context));
    return {};
  }

  [[nodiscard]] Result<std::unique_ptr<Source>> another() const override {
    return std::make_unique<FtpSource>(peer_, pattern_, location_);
  }

 private:
  Result<std::vector<ObjectInfo>> list_over(FtpLink& link, const Context& context) const;
  Result<void> read_range(const ObjectInfo& object, ByteRange range, const Sink& sink, const Context& context);
  Result<std::size_t> read_on(const ObjectInfo& object, std::uint64_t offset, std::uint64_t ahead,
                              std::span<std::byte> buffer, const Context& context);
  Result<void> leave(const Context& context);

  template <typename Call>
  std::invoke_result_t<Call, FtpLink&> use(Call call, const Context& context) {
    return link_.use([&] { return FtpLink::open(peer_, context); }, call);
  }

  FtpPeer peer_;
  PathPattern pattern_;
  std::string location_;
  KeptLink<FtpLink> link_;
  std::vector<std::byte> buffer_;
};

/// Ends what is being read. A server that does not notice it costs a connection and no more.
Result<void> FtpSource::leave(const Context& context) {
  if (link_.kept() == nullptr || link_.kept()->end_reading(context)) return {};
  FO_TRY(context.check());
  link_.drop();
  return {};
}

Result<std::size_t> FtpSource::read_on(const ObjectInfo& object, std::uint64_t offset, std::uint64_t ahead,
                                       std::span<std::byte> buffer, const Context& context) {
  const auto* const link = link_.kept();
  if (link != nullptr && !link->goes_on(object, offset, ahead)) FO_TRY(leave(context));
  return use([&](FtpLink& fresh) { return fresh.read(object, offset, ahead, buffer, context); }, context);
}

Result<void> FtpSource::read_range(const ObjectInfo& object, ByteRange range, const Sink& sink,
                                   const Context& context) {
  const auto end = range.offset + range.length;
  auto offset = range.offset;
  const auto at = link_.kept() != nullptr ? link_.kept()->position(object) : std::nullopt;
  if (at && *at < offset && offset - *at <= largest_gap) offset = *at;
  buffer_.resize(piece);
  while (offset < end && range.length > 0) {
    const auto stretch = (offset < range.offset ? range.offset : end) - offset;
    const auto want = static_cast<std::size_t>(std::min<std::uint64_t>(piece, stretch));
    const auto got = FO_TRY(read_on(object, offset, end - offset, std::span(buffer_).first(want), context));
    if (offset >= range.offset) FO_TRY(sink(offset, std::span<const std::byte>(buffer_).first(got)));
    offset += got;
  }
  return {};
}

Result<std::vector<ObjectInfo>> FtpSource::list_over(FtpLink& link, const Context& context) const {
  if (!pattern_.is_listing()) return std::vector{FO_TRY(link.stat(pattern_.path(), context))};
  const auto folder = pattern_.folder.size() > 1 ? pattern_.folder.substr(0, pattern_.folder.size() - 1) : "/";
  auto entries = FO_TRY(link.list(folder, context));
  std::erase_if(entries, [this](const FtpEntry& entry) {
    const bool may_be_file = entry.kind == FtpEntry::Kind::file || entry.kind == FtpEntry::Kind::link;
    return !may_be_file || !pattern_.matches(entry.name);
  });
  std::vector<ObjectInfo> objects;
  std::size_t looks = 0;
  for (const auto& entry : entries) {
    const auto path = pattern_.folder + entry.name;
    if (entry.kind == FtpEntry::Kind::file && entry.size && entry.modified) {
      objects.push_back({entry.name, path, *entry.size, *entry.modified, {}});
      continue;
    }
    if (++looks > most_looks) {
      return fail(ErrorKind::usage, fmt::format("more than {} files match; use a narrower pattern", most_looks));
    }
    // A link may lead to a folder or nowhere, and a file may go while we list.
    auto info = link.stat(path, context);
    if (!info && info.error().kind == ErrorKind::not_found) continue;
    objects.push_back(FO_TRY(std::move(info)));
  }
  return objects;
}

Result<FtpPeer> peer_of(const Url& url, const SourceOptions& options) {
  if (url.host.empty()) {
    return fail(ErrorKind::usage, fmt::format("it names no host: write {}://[USER@]HOST[:PORT]/PATH", url.scheme));
  }
  if (options.credentials_file || options.endpoint) {
    return fail(ErrorKind::usage,
                "an FTP server knows users and passwords: --credentials-file and --endpoint are for "
                "other kinds of sources");
  }
  if (!url.user.empty() && options.username && *options.username != url.user) {
    return fail(ErrorKind::usage, "the user of the location and --username are not the same");
  }
  FtpPeer peer;
  peer.host = url.host;
  peer.port = url.port.value_or(default_port);
  peer.user = !url.user.empty() ? url.user : options.username.value_or("");
  peer.password_file = options.password_file;
  peer.ca_file = options.ca_file;
  peer.stall_timeout = options.stall_timeout;
  if (url.scheme == "ftps") {
    peer.security = peer.port == implicit_port ? FtpSecurity::implicit_tls : FtpSecurity::explicit_tls;
  }
  if (peer.user.empty() != !peer.password_file) {
    return fail(ErrorKind::usage, "a user and --password-file belong together; without both it is asked as anonymous");
  }
  return peer;
}

}  // namespace

Result<std::unique_ptr<Source>> make_ftp_source(const Url& url, const SourceOptions& options) {
  auto peer = FO_TRY(peer_of(url, options));
  // '?' is a wildcard here and not the start of a query.
  const auto encoded = url.path + (url.has_query ? "?" + url.query : "");
  const bool from_home = encoded.starts_with(home_prefix);
  auto pattern = FO_TRY(parse_path_pattern(from_home ? "./" + encoded.substr(home_prefix.size()) : encoded));
  if ((pattern.folder + pattern.name).find_first_of("\r\n") != std::string::npos) {
    return fail(ErrorKind::usage, "FTP cannot carry a path with a line end in it");
  }
  const auto user = peer.user.empty() ? "" : percent_encode(peer.user, "") + "@";
  auto location = url.scheme + "://" + user + host_and_port(peer.host, peer.port) + encoded;
  return std::make_unique<FtpSource>(std::move(peer), std::move(pattern), std::move(location));
}

}  // namespace failover
