#include "net/ssh_host_key.hpp"

#include <algorithm>
#include <array>
#include <filesystem>
#include <functional>
#include <iterator>
#include <optional>
#include <string>
#include <string_view>
#include <system_error>
#include <utility>
#include <vector>

#include <fmt/format.h>
#include <pwd.h>
#include <unistd.h>

#include <failover/error.hpp>

#include "core/url.hpp"
#include "net/known_hosts.hpp"
#include "net/ssh_session.hpp"

namespace failover {

namespace {

// What libssh2 can check without SHA-1. RSA is not among them: it knows ssh-rsa with SHA-1 only.
constexpr std::array<std::string_view, 4> usable_types{"ssh-ed25519", "ecdsa-sha2-nistp256", "ecdsa-sha2-nistp384",
                                                       "ecdsa-sha2-nistp521"};

struct Account {
  std::string name;
  std::filesystem::path home;
};

Account account() {
  std::array<char, 16384> buffer{};
  passwd entry{};
  passwd* found = nullptr;
  if (::getpwuid_r(::geteuid(), &entry, buffer.data(), buffer.size(), &found) != 0 || found == nullptr) return {};
  return {entry.pw_name, entry.pw_dir};
}

}  // namespace

std::filesystem::path home_directory() {
  return account().home;
}
std::string user_name() {
  return account().name;
}

HostKeys::HostKeys(KnownHosts known, const std::filesystem::path& file, const SshPeer& peer)
    : known_(std::move(known)), file_(file.string()), host_(peer.host), port_(peer.port) {}

Result<HostKeys> HostKeys::load(const std::optional<std::filesystem::path>& file, const SshPeer& peer) {
  if (file) {
    std::error_code ignored;
    if (!std::filesystem::exists(*file, ignored)) {
      return fail(ErrorKind::config, "the known_hosts file " + file->string() + " does not exist");
    }
    return HostKeys(FO_TRY(KnownHosts::load(std::array{*file})), *file, peer);
  }
  const auto folder = home_directory() / ".ssh";
  const std::array<std::filesystem::path, 3> files{folder / "known_hosts", folder / "known_hosts2",
                                                   "/etc/ssh/ssh_known_hosts"};
  return HostKeys(FO_TRY(KnownHosts::load(files)), files.front(), peer);
}

std::string HostKeys::preferred_types() const {
  const auto known = known_.key_types(host_, port_);
  const auto is_known = [&](std::string_view type) { return std::ranges::find(known, type) != known.end(); };
  std::vector<std::string_view> types;
  std::ranges::copy_if(usable_types, std::back_inserter(types), is_known);
  std::ranges::copy_if(usable_types, std::back_inserter(types), std::not_fn(is_known));
  return fmt::format("{}", fmt::join(types, ","));
}

Result<void> HostKeys::check(std::string_view key) const {
  const auto name = host_and_port(host_, port_);
  const auto shown = key_type(key) + " " + key_fingerprint(key);
  const auto scan = fmt::format("ssh-keyscan -p {} {} >> {}", port_, host_, file_);
  switch (known_.judge(host_, port_, key)) {
    case HostKeyVerdict::known:
      return {};
    case HostKeyVerdict::revoked:
      return fail(ErrorKind::refused,
                  fmt::format("the host key of {} ({}) is marked as revoked; do not use this server "
                              "before its admin has given it a new key",
                              name, shown));
    case HostKeyVerdict::changed:
      return fail(
          ErrorKind::refused,
          fmt::format("the host key of {} is not the one in {}: it shows {}; somebody may be in between. Ask its "
                      "admin whether the key was changed; only then type: ssh-keygen -f {} -R '{}', and {}",
                      name, file_, shown, file_, port_ == 22 ? host_ : fmt::format("[{}]:{}", host_, port_), scan));
    case HostKeyVerdict::other_type:
    case HostKeyVerdict::unknown:
      break;
  }
  const auto skipped = known_.skipped_lines() == 0
                           ? std::string()
                           : fmt::format(" ({} of its lines cannot be read)", known_.skipped_lines());
  return fail(
      ErrorKind::refused,
      fmt::format("the host key of {} is not in {}{}: it shows {}; ask its admin for the fingerprint, and if it "
                  "is this very one, type: {}",
                  name, file_, skipped, shown, scan));
}

}  // namespace failover
