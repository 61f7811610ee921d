#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <string_view>

#include <failover/error.hpp>

#include "net/sigv4.hpp"

namespace failover {

/// A profile of an AWS credentials file.
struct AwsProfile {
  std::optional<AwsCredentials> credentials;  ///< none: nothing is signed, which suffices for a public bucket
  std::string region;                         ///< empty if it does not say
};

/// @param text of the INI file: `[PROFILE]`, then aws_access_key_id, aws_secret_access_key, aws_session_token, region.
///   Other keys are passed over, since other tools have theirs in there. Errors: config.
Result<AwsProfile> parse_aws_profile(std::string_view text, std::string_view profile);

/// From `file`, else from ~/.aws/credentials, if there is one.
Result<AwsProfile> find_aws_profile(const std::optional<std::filesystem::path>& file, std::string_view profile);

}  // namespace failover
