#pragma once

#include <memory>

#include <failover/error.hpp>
#include <failover/source.hpp>

#include "core/url.hpp"

namespace failover {

/// `s3://BUCKET/PATH[?region=R][&profile=P][&style=path|virtual]`: Amazon S3, or a compatible store at `endpoint`.
/// The version is the ETag.
Result<std::unique_ptr<Source>> make_s3_source(const Url& url, const SourceOptions& options);

}  // namespace failover
