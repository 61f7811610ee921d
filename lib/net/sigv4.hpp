#pragma once

#include <optional>
#include <string>

#include <failover/context.hpp>
#include <failover/error.hpp>

#include "core/secret.hpp"
#include "net/http_message.hpp"

namespace failover {

struct AwsCredentials {
  std::string access_key;
  Secret secret_key;
  std::optional<Secret> session_token = std::nullopt;
};

/// What a signature is good for.
struct SigV4Scope {
  std::string region;
  std::string service;  ///< "s3", "route53"
};

/// Adds the fields that sign a request with AWS Signature Version 4 (AWS General Reference, "Signing AWS API
/// requests"): X-Amz-Date, Authorization, X-Amz-Security-Token if there is one, and for s3 X-Amz-Content-Sha256. Signed
/// are these and Host. The target must be encoded as percent_encode() does it, '/' kept in the path.
Result<void> sign_v4(HttpRequest& request, const AwsCredentials& credentials, const SigV4Scope& scope, WallTime now);

}  // namespace failover
