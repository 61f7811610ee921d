#pragma once

#include <memory>

#include <failover/error.hpp>
#include <failover/source.hpp>

#include "core/url.hpp"

namespace failover {

/// `gs://BUCKET/PATH`: Google Cloud Storage by its JSON API, or an emulator at `endpoint`. The version is the
/// generation.
Result<std::unique_ptr<Source>> make_gs_source(const Url& url, const SourceOptions& options);

}  // namespace failover
