#include "net/aws_profile.hpp"

#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <system_error>
#include <utility>

#include <fmt/format.h>

#include <failover/error.hpp>

#include "core/secret.hpp"
#include "net/sigv4.hpp"
#include "net/ssh_host_key.hpp"

namespace failover {

namespace {

std::string_view trimmed(std::string_view text) {
  const auto first = text.find_first_not_of(" \t\r");
  if (first == std::string_view::npos) return {};
  return text.substr(first, text.find_last_not_of(" \t\r") + 1 - first);
}

}  // namespace

Result<AwsProfile> parse_aws_profile(std::string_view text, std::string_view profile) {
  std::string access;
  Secret secret{std::string()};
  Secret token{std::string()};
  AwsProfile found;
  bool ours = false;
  bool seen = false;
  while (!text.empty()) {
    const auto end = text.find('\n');
    const auto line = trimmed(text.substr(0, end));
    text = end == std::string_view::npos ? std::string_view{} : text.substr(end + 1);
    if (line.empty() || line.starts_with('#') || line.starts_with(';')) continue;
    if (line.starts_with('[') && line.ends_with(']')) {
      ours = trimmed(line.substr(1, line.size() - 2)) == profile;
      seen = seen || ours;
      continue;
    }
    const auto equals = line.find('=');
    if (!ours || equals == std::string_view::npos) continue;
    const auto key = trimmed(line.substr(0, equals));
    const auto value = trimmed(line.substr(equals + 1));
    if (key == "aws_access_key_id") access = value;
    if (key == "aws_secret_access_key") secret = Secret(std::string(value));
    if (key == "aws_session_token") token = Secret(std::string(value));
    if (key == "region") found.region = value;
  }
  if (!seen) return fail(ErrorKind::config, fmt::format("it has no profile [{}]", profile));
  if (access.empty() || secret.reveal().empty()) {
    return fail(ErrorKind::config,
                fmt::format("its profile [{}] lacks aws_access_key_id or aws_secret_access_key", profile));
  }
  found.credentials = AwsCredentials{std::move(access), std::move(secret), {}};
  if (!token.reveal().empty()) found.credentials->session_token = std::move(token);
  return found;
}

Result<AwsProfile> find_aws_profile(const std::optional<std::filesystem::path>& file, std::string_view profile) {
  const auto path = file.value_or(home_directory() / ".aws" / "credentials");
  std::error_code ignored;
  if (!file && !std::filesystem::exists(path, ignored)) return AwsProfile{};
  const auto text = FO_TRY(read_credential_file(path));
  return while_doing(path.string(), parse_aws_profile(text.reveal(), profile));
}

}  // namespace failover
