#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>

#include <failover/error.hpp>

#include "net/known_hosts.hpp"

namespace failover {

struct SshPeer;

/// What is known of one server's host key, and the judgement of the one that it shows.
class HostKeys {
 public:
  /// @param file none = ~/.ssh/known_hosts, known_hosts2 and /etc/ssh/ssh_known_hosts; a file that is named must exist.
  static Result<HostKeys> load(const std::optional<std::filesystem::path>& file, const SshPeer& peer);

  /// The key types to ask for, with commas: those that are known first. Else a server would show another, unknown one.
  [[nodiscard]] std::string preferred_types() const;
  /// Refused unless it is known; the message has its fingerprint and the next command.
  [[nodiscard]] Result<void> check(std::string_view key) const;

 private:
  HostKeys(KnownHosts known, const std::filesystem::path& file, const SshPeer& peer);
  KnownHosts known_;
  std::string file_;
  std::string host_;
  std::uint16_t port_;
};

/// This user's home directory, from the user database.
std::filesystem::path home_directory();

/// This user's name; empty when the user database has none.
std::string user_name();

}  // namespace failover
