#include "source/smb.hpp"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <expected>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <failover/context.hpp>
#include <failover/error.hpp>
#include <failover/source.hpp>

#include "core/url.hpp"
#include "net/address.hpp"
#include "source/glob.hpp"
#include "source/kept_link.hpp"
#include "source/smb_worker.hpp"

namespace failover {

namespace {

constexpr std::uint16_t default_port = 445;
/// Of one request: so many ranges, and so many bytes, that a request is short and its bytes come without a pause.
constexpr std::size_t most_ranges = 1000;

Result<ObjectInfo> regular(SmbWorker::Entry entry) {
  if (entry.regular) return std::move(entry.object);
  return fail(ErrorKind::not_found, entry.object.path + " is not a regular file; end the path of a folder with '/'");
}

class SmbSource : public Source {
 public:
  SmbSource(SmbPeer peer, PathPattern pattern, std::string location) noexcept
      : peer_(std::move(peer)), pattern_(std::move(pattern)), location_(std::move(location)) {}

  [[nodiscard]] std::string describe() const override { return location_; }

  Result<std::vector<ObjectInfo>> list(const Context& context) override {
    return keeping_worker<std::vector<ObjectInfo>>(
        [&](SmbWorker& worker) -> Result<std::vector<ObjectInfo>> {
          if (!pattern_.is_listing()) {
            auto entry = FO_TRY(worker.stat(pattern_.path(), context));
            return std::vector{FO_TRY(regular(std::move(entry)))};
          }
          std::vector<ObjectInfo> objects;
          for (auto& entry : FO_TRY(worker.list(pattern_.folder, context))) {
            const auto& name = entry.object.name;
            if (entry.regular && !name.contains('/') && pattern_.matches(name))
              objects.push_back(std::move(entry.object));
          }
          return objects;
        },
        context);
  }

  Result<ObjectInfo> stat(const std::string& path, const Context& context) override {
    return keeping_worker<ObjectInfo>(
        [&](SmbWorker& worker) -> Result<ObjectInfo> { return regular(FO_TRY(worker.stat(path, context))); }, context);
  }

  Result<std::size_t> read(const ObjectInfo& object, std::uint64_t offset, std::span<std::byte> buffer,
                           const Context& context) override {
    const ByteRange range{offset, buffer.size()};
    std::size_t count = 0;
    FO_TRY(read_parts(
        object, std::span(&range, 1),
        [&](std::span<const std::byte> bytes) -> Result<void> {
          if (bytes.size() > buffer.size() - count) return too_much();
          std::memcpy(buffer.data() + count, bytes.data(), bytes.size());
          count += bytes.size();
          return {};
        },
        context));
    return count;
  }

  Result<void> read_ranges(const ObjectInfo& object, std::span<const ByteRange> ranges, const Sink& sink,
                           const Context& context) override {
    while (!ranges.empty()) {
      const auto some = ranges.first(std::min(most_ranges, ranges.size()));
      ranges = ranges.subspan(some.size());
      FO_TRY(read_some(object, some, sink, context));
    }
    return {};
  }

  [[nodiscard]] Result<std::unique_ptr<Source>> another() const override {
    return std::make_unique<SmbSource>(peer_, pattern_, location_);
  }

 private:
  static std::unexpected<Error> too_much() {
    return fail(ErrorKind::internal, "fo-smb sends more than it was asked for");
  }

  Result<void> read_some(const ObjectInfo& object, std::span<const ByteRange> ranges, const Sink& sink,
                         const Context& context) {
    std::size_t at = 0;
    std::uint64_t done = 0;
    const auto next = [&] {
      while (at < ranges.size() && done == ranges[at].length) {
        ++at;
        done = 0;
      }
      return at < ranges.size();
    };
    const auto pass_on = [&](std::span<const std::byte> bytes) -> Result<void> {
      if (!next() || bytes.size() > ranges[at].length - done) return too_much();
      FO_TRY(sink(ranges[at].offset + done, bytes));
      done += bytes.size();
      return {};
    };
    FO_TRY(read_parts(object, ranges, pass_on, context));
    if (next()) return fail(ErrorKind::conflict, object.name + " ends before it should; it was changed meanwhile");
    return {};
  }

  Result<void> read_parts(const ObjectInfo& object, std::span<const ByteRange> ranges, const SmbWorker::Sink& sink,
                          const Context& context) {
    FO_TRY(keeping_worker<std::uint64_t>([&](SmbWorker& worker) { return worker.read(object, ranges, sink, context); },
                                         context));
    return {};
  }

  template <typename T, typename Call>
  Result<T> keeping_worker(Call call, const Context& context) {
    return worker_.use([&] { return SmbWorker::open(peer_, context); }, call);
  }

  SmbPeer peer_;
  PathPattern pattern_;
  std::string location_;
  KeptLink<SmbWorker> worker_;
};

Result<void> set_ticket(SmbPeer& peer, const std::string& user, const SourceOptions& options) {
  if (options.smb_guest) return fail(ErrorKind::usage, "--smb-guest and --smb-kerberos do not go together");
  if (!user.empty() || options.password_file) {
    return fail(ErrorKind::usage,
                "--smb-kerberos logs in as the owner of the ticket: it goes with no user and no password");
  }
  if (Address::parse(peer.host, peer.port)) {
    return fail(ErrorKind::usage, "a Kerberos ticket is for a name: give " + peer.host +
                                      " by the full name that it has in its domain, or leave --smb-kerberos out");
  }
  peer.kerberos = true;
  return {};
}

Result<void> set_user(SmbPeer& peer, const Url& url, const SourceOptions& options) {
  if (!url.user.empty() && options.username && *options.username != url.user) {
    return fail(ErrorKind::usage, "the user of the location and --username are not the same");
  }
  const auto user = !url.user.empty() ? url.user : options.username.value_or("");
  if (options.smb_kerberos) return set_ticket(peer, user, options);
  if (options.smb_guest) {
    if (!user.empty() || options.password_file) {
      return fail(ErrorKind::usage, "--smb-guest logs in as nobody: it goes with no user and no password");
    }
    if (options.smb_encryption)
      return fail(ErrorKind::usage, "a guest's connection cannot be encrypted: SMB has no key");
    return {};
  }
  if (user.empty() || !options.password_file) {
    return fail(
        ErrorKind::usage,
        "an SMB server wants a user and a password: write smb://USER@HOST/SHARE/PATH and name a file with "
        "--password-file, or take your Kerberos ticket with --smb-kerberos; a share that is open to everybody is "
        "read with --smb-guest");
  }
  const auto mark = user.find_first_of(";\\");
  peer.domain = mark == std::string::npos ? "" : user.substr(0, mark);
  peer.user = mark == std::string::npos ? user : user.substr(mark + 1);
  peer.password_file = options.password_file;
  return {};
}

}  // namespace

Result<std::unique_ptr<Source>> make_smb_source(const Url& url, const SourceOptions& options) {
  if (url.host.empty()) return fail(ErrorKind::usage, "it names no host: write smb://[USER@]HOST/SHARE/PATH");
  SmbPeer peer{
      url.host, url.port.value_or(default_port), {}, {}, {}, {}, false, options.smb_encryption, options.stall_timeout};
  FO_TRY(set_user(peer, url, options));
  // '?' is a wildcard here and not the start of a query.
  const auto encoded = url.path + (url.has_query ? "?" + url.query : "");
  const auto slash = encoded.find('/', 1);
  if (encoded.size() < 2 || slash == std::string::npos || slash == 1) {
    return fail(ErrorKind::usage,
                "it names no share, or nothing in it: write smb://HOST/SHARE/PATH, or smb://HOST/SHARE/");
  }
  peer.share = FO_TRY(percent_decode(encoded.substr(1, slash - 1)));
  auto pattern = FO_TRY(parse_path_pattern(encoded.substr(slash)));
  pattern.folder.erase(0, 1);
  const auto user = url.user.empty() && !peer.user.empty() ? options.username.value_or("") : url.user;
  auto location =
      "smb://" + (user.empty() ? "" : percent_encode(user, ";") + "@") + host_and_port(peer.host, peer.port) + encoded;
  return std::make_unique<SmbSource>(std::move(peer), std::move(pattern), std::move(location));
}

}  // namespace failover
