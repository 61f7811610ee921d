#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include <failover/error.hpp>

namespace failover {

/// What known_hosts says of one host's key. Only `known` may be trusted.
enum class HostKeyVerdict {
  known,
  unknown,     ///< no line speaks of this host
  other_type,  ///< lines speak of it, with keys of other types only
  changed,     ///< a line has another key of the same type
  revoked,     ///< a @revoked line names this very key
};

/// The known_hosts format of sshd(8), parsed by us: the parsers of the SSH libraries accept revoked and negated keys
/// and lose the whole file over one malformed line. Malformed lines are skipped and counted; a @cert-authority line
/// never vouches for a plain key, since we do no host certificates.
class KnownHosts {
 public:
  /// Reads the files that exist. None of them existing is fine: then every host is unknown.
  static Result<KnownHosts> load(std::span<const std::filesystem::path> files);
  static KnownHosts parse(std::string_view text);

  /// @param key the key blob of RFC 4253 section 6.6, as the server sent it.
  [[nodiscard]] HostKeyVerdict judge(std::string_view host, std::uint16_t port, std::string_view key) const;
  /// The key types that lines give for this host, in their order, each once: what to ask the server for.
  [[nodiscard]] std::vector<std::string> key_types(std::string_view host, std::uint16_t port) const;
  /// Lines that could not be read; worth a warning, since one of them may have been a @revoked line.
  [[nodiscard]] std::size_t skipped_lines() const noexcept { return skipped_; }

 private:
  struct Line {
    bool revoked = false;
    std::string hosts;  ///< patterns with commas, or |1|salt|hash
    std::string type;
    std::string key;  ///< decoded
  };
  static bool matches(const Line& line, const std::string& name);
  bool parse_line(std::string_view text);

  std::vector<Line> lines_;
  std::size_t skipped_ = 0;
};

/// "SHA256:..." of a key blob, as ssh-keygen -l prints it.
std::string key_fingerprint(std::string_view key);

/// The type that a key blob names itself; empty when it is malformed.
std::string key_type(std::string_view key);

}  // namespace failover
