#pragma once

#include <memory>

#include <failover/error.hpp>
#include <failover/source.hpp>

#include "core/url.hpp"

namespace failover {

/// `https://HOST[:PORT]/PATH`: one object, or the files of a folder whose index nginx gives as JSON. The version is the
/// ETag, else nothing but size and time tell one object from the next.
Result<std::unique_ptr<Source>> make_https_source(const Url& url, const SourceOptions& options);

}  // namespace failover
