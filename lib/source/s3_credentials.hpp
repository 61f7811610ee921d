#pragma once

#include <optional>
#include <string>
#include <string_view>

#include <failover/error.hpp>
#include <failover/source.hpp>

#include "net/sigv4.hpp"

namespace failover {

/// A profile of an AWS credentials file.
struct S3Profile {
  std::optional<AwsCredentials> credentials;  ///< none: nothing is signed, which suffices for a public bucket
  std::string region;                         ///< empty if it does not say
};

/// @param text of the INI file: `[PROFILE]`, then aws_access_key_id, aws_secret_access_key, aws_session_token, region.
///   Other keys are passed over, since other tools have theirs in there. Errors: config.
Result<S3Profile> parse_s3_credentials(std::string_view text, std::string_view profile);

/// From `credentials_file`, else from ~/.aws/credentials, if there is one.
Result<S3Profile> find_s3_credentials(const SourceOptions& options, std::string_view profile);

}  // namespace failover
