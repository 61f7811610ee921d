#include "source/sftp.hpp"

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <libssh2_sftp.h>

#include <failover/context.hpp>
#include <failover/error.hpp>
#include <failover/source.hpp>

#include "core/url.hpp"
#include "net/ssh_host_key.hpp"
#include "net/ssh_session.hpp"
#include "source/glob.hpp"
#include "source/kept_link.hpp"
#include "source/sftp_link.hpp"
#include "source/sftp_pipeline.hpp"

namespace failover {

namespace {

constexpr std::uint16_t default_port = 22;
constexpr std::string_view home_prefix = "/~/";

bool has_type(const LIBSSH2_SFTP_ATTRIBUTES& attributes) {
  return (attributes.flags & LIBSSH2_SFTP_ATTR_PERMISSIONS) != 0;
}

/// A server that gives no times or sizes gives nothing to decide by.
Result<ObjectInfo> info_of(const std::string& folder, const std::string& name,
                           const LIBSSH2_SFTP_ATTRIBUTES& attributes) {
  constexpr auto needed = LIBSSH2_SFTP_ATTR_SIZE | LIBSSH2_SFTP_ATTR_ACMODTIME;
  if ((attributes.flags & needed) != needed) {
    return fail(ErrorKind::protocol, "the server does not tell size and time of " + folder + name);
  }
  return ObjectInfo{name, folder + name, attributes.filesize, WallTime(std::chrono::seconds(attributes.mtime)), {}};
}

class SftpSource : public Source {
 public:
  SftpSource(SshPeer peer, SshOptions options, PathPattern pattern, std::string location) noexcept
      : peer_(std::move(peer)),
        options_(std::move(options)),
        pattern_(std::move(pattern)),
        location_(std::move(location)) {}

  [[nodiscard]] std::string describe() const override { return location_; }

  Result<std::vector<ObjectInfo>> list(const Context& context) override {
    return keeping_link<std::vector<ObjectInfo>>(
        [&](SftpLink& link) -> Result<std::vector<ObjectInfo>> { return list_over(link, context); }, context);
  }

  Result<ObjectInfo> stat(const std::string& path, const Context& context) override {
    return keeping_link<ObjectInfo>(
        [&](SftpLink& link) -> Result<ObjectInfo> {
          const auto attributes = FO_TRY(link.stat(path, context));
          if (has_type(attributes) && !LIBSSH2_SFTP_S_ISREG(attributes.permissions)) {
            return fail(ErrorKind::not_found, path + " is not a regular file; end the path of a folder with '/'");
          }
          const auto slash = path.rfind('/') + 1;
          return info_of(path.substr(0, slash), path.substr(slash), attributes);
        },
        context);
  }

  Result<std::size_t> read(const ObjectInfo& object, std::uint64_t offset, std::span<std::byte> buffer,
                           const Context& context) override {
    const auto left = object.size - std::min(object.size, offset);
    const ByteRange range{offset, std::min<std::uint64_t>(left, buffer.size())};
    std::size_t count = 0;
    const auto copy = [&](std::uint64_t, std::span<const std::byte> bytes) -> Result<void> {
      std::memcpy(buffer.data() + count, bytes.data(), bytes.size());
      count += bytes.size();
      return {};
    };
    return keeping_link<std::size_t>(
        [&](SftpLink& link) -> Result<std::size_t> {
          FO_TRY(link.read(object, std::span(&range, 1), copy, context));
          // Read from the beginning again, it may be another file under the name.
          if (count == 0) FO_TRY(link.close_file(context));
          return count;
        },
        context);
  }

  Result<void> read_ranges(const ObjectInfo& object, std::span<const ByteRange> ranges, const Sink& sink,
                           const Context& context) override {
    return keeping_link<void>([&](SftpLink& link) { return link.read(object, ranges, sink, context); }, context);
  }

  [[nodiscard]] std::size_t ranges_per_wait() const noexcept override { return SftpPipeline::most_requests; }

  [[nodiscard]] Result<std::unique_ptr<Source>> another() const override {
    return std::make_unique<SftpSource>(peer_, options_, pattern_, location_);
  }

 private:
  Result<std::vector<ObjectInfo>> list_over(SftpLink& link, const Context& context) {
    std::vector<ObjectInfo> objects;
    if (!pattern_.is_listing()) {
      const auto attributes = FO_TRY(link.stat(pattern_.path(), context));
      if (has_type(attributes) && !LIBSSH2_SFTP_S_ISREG(attributes.permissions)) {
        return fail(ErrorKind::not_found,
                    pattern_.path() + " is not a regular file; end the path of a folder with '/'");
      }
      objects.push_back(FO_TRY(info_of(pattern_.folder, pattern_.name, attributes)));
      return objects;
    }
    for (auto& [name, attributes] : FO_TRY(link.list(pattern_.folder, context))) {
      if (name.contains('/') || !pattern_.matches(name)) continue;
      if (!has_type(attributes) || LIBSSH2_SFTP_S_ISLNK(attributes.permissions)) {
        const auto followed = link.stat(pattern_.folder + name, context);
        if (!followed && followed.error().kind == ErrorKind::not_found) continue;
        attributes = FO_TRY(Result<LIBSSH2_SFTP_ATTRIBUTES>(followed));
      }
      if (has_type(attributes) && !LIBSSH2_SFTP_S_ISREG(attributes.permissions)) continue;
      objects.push_back(FO_TRY(info_of(pattern_.folder, name, attributes)));
    }
    return objects;
  }

  template <typename T, typename Call>
  Result<T> keeping_link(Call call, const Context& context) {
    return link_.use([&] { return SftpLink::open(peer_, options_, context); }, call);
  }

  SshPeer peer_;
  SshOptions options_;
  PathPattern pattern_;
  std::string location_;
  KeptLink<SftpLink> link_;
};

Result<SshPeer> peer_of(const Url& url, const SourceOptions& options) {
  if (url.host.empty()) return fail(ErrorKind::usage, "it names no host: write sftp://[USER@]HOST[:PORT]/PATH");
  if (!url.user.empty() && options.username && *options.username != url.user) {
    return fail(ErrorKind::usage, "the user of the location and --username are not the same");
  }
  auto user = !url.user.empty() ? url.user : options.username.value_or(user_name());
  if (user.empty()) return fail(ErrorKind::usage, "it is not clear as whom to log in; use --username");
  return SshPeer{url.host, url.port.value_or(default_port), std::move(user)};
}

}  // namespace

Result<std::unique_ptr<Source>> make_sftp_source(const Url& url, const SourceOptions& options) {
  auto peer = FO_TRY(peer_of(url, options));
  // '?' is a wildcard here and not the start of a query.
  const auto encoded = url.path + (url.has_query ? "?" + url.query : "");
  const bool from_home = encoded.starts_with(home_prefix);
  auto pattern = FO_TRY(parse_path_pattern(from_home ? "./" + encoded.substr(home_prefix.size()) : encoded));
  auto location = "sftp://" + percent_encode(peer.user, "") + "@" + host_and_port(peer.host, peer.port) + encoded;
  SshOptions ssh{options.identity_file, options.known_hosts, options.password_file, options.stall_timeout};
  return std::make_unique<SftpSource>(std::move(peer), std::move(ssh), std::move(pattern), std::move(location));
}

}  // namespace failover
