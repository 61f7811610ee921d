#pragma once

#include <memory>
#include <string_view>

#include <failover/error.hpp>
#include <failover/promoter.hpp>

namespace failover {

/// `webhook+https://HOST[:PORT]/PATH[?ca-file=F][&token-file=F][&path-file=F]`: the message as JSON, by POST. Plain
/// http only to this very host. A redirection is a failure: the message, and the token, are for nobody else.
Result<std::unique_ptr<Notifier>> make_webhook_notifier(std::string_view spec);

}  // namespace failover
