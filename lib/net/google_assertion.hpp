#pragma once

#include <string_view>

#include <failover/context.hpp>
#include <failover/error.hpp>

#include "core/secret.hpp"
#include "net/google_credentials.hpp"

namespace failover {

/// What a service account shows to get a token: a JWT signed with RS256 (RFC 7523), good for an hour.
/// @param audience the token_uri of the credentials
Result<Secret> google_assertion(const GoogleServiceAccount& account, std::string_view audience, std::string_view scope,
                                WallTime now);

}  // namespace failover
