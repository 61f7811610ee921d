#pragma once

#include <memory>

#include <failover/error.hpp>
#include <failover/source.hpp>

#include "core/url.hpp"

namespace failover {

/// `sftp://[USER@]HOST[:PORT]/PATH`; a PATH that begins with `/~/` counts from the user's home there.
Result<std::unique_ptr<Source>> make_sftp_source(const Url& url, const SourceOptions& options);

}  // namespace failover
