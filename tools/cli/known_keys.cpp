// Generated from the option tables by fo-completions; a test compares.
#include <array>
#include <span>
#include <string_view>

#include "cli/settings.hpp"

namespace failover::cli {

namespace {

// clang-format off
constexpr auto common_keys = std::to_array<std::string_view>({
    "assume-was-up",
    "backup",
    "cert-critical",
    "cert-warning",
    "color",
    "critical",
    "dry-run",
    "fail-when",
    "fall",
    "history",
    "hook-timeout",
    "host",
    "identity-file",
    "interval",
    "json",
    "keep",
    "known-hosts",
    "limit-rate",
    "list",
    "max-age",
    "max-files",
    "max-ratio",
    "max-size",
    "metrics-file",
    "no-progress",
    "node",
    "output",
    "password-file",
    "post-hook",
    "pre-hook",
    "quiet",
    "recover",
    "reference",
    "reference-when",
    "retries",
    "retry-interval",
    "rise",
    "rollback",
    "service",
    "sha256",
    "sha256-file",
    "source",
    "source-address",
    "stall-timeout",
    "state-dir",
    "status",
    "take-over",
    "target",
    "targets-from",
    "timeout",
    "until",
    "username",
    "verbose",
    "verify",
    "warning",
    "watch",
    "weak-counts",
    "web-port",
});
constexpr auto probe_keys = std::to_array<std::string_view>({
    "assume-was-up",
    "cert-critical",
    "cert-warning",
    "color",
    "critical",
    "fail-when",
    "fall",
    "host",
    "interval",
    "json",
    "metrics-file",
    "no-progress",
    "node",
    "quiet",
    "reference",
    "reference-when",
    "retry-interval",
    "rise",
    "service",
    "source-address",
    "state-dir",
    "target",
    "targets-from",
    "timeout",
    "until",
    "verbose",
    "warning",
    "watch",
    "weak-counts",
    "web-port",
});
constexpr auto fetch_keys = std::to_array<std::string_view>({
    "color",
    "dry-run",
    "identity-file",
    "json",
    "keep",
    "known-hosts",
    "limit-rate",
    "list",
    "max-age",
    "no-progress",
    "output",
    "password-file",
    "quiet",
    "retries",
    "sha256",
    "sha256-file",
    "source",
    "stall-timeout",
    "state-dir",
    "timeout",
    "username",
    "verbose",
});
constexpr auto restore_keys = std::to_array<std::string_view>({
    "backup",
    "color",
    "dry-run",
    "history",
    "hook-timeout",
    "json",
    "max-age",
    "max-files",
    "max-ratio",
    "max-size",
    "no-progress",
    "post-hook",
    "pre-hook",
    "quiet",
    "recover",
    "rollback",
    "state-dir",
    "status",
    "take-over",
    "target",
    "timeout",
    "verbose",
    "verify",
});
// clang-format on

}  // namespace

std::span<const std::string_view> known_keys(std::string_view section) noexcept {
  if (section == "common") return common_keys;
  if (section == "probe") return probe_keys;
  if (section == "fetch") return fetch_keys;
  if (section == "restore") return restore_keys;
  return {};
}

}  // namespace failover::cli
