#pragma once

#include <memory>

#include <failover/error.hpp>
#include <failover/source.hpp>

#include "core/url.hpp"

namespace failover {

/// `file:///PATH`: files of this host, for instance on a mounted share.
Result<std::unique_ptr<Source>> make_file_source(const Url& url, const SourceOptions& options);

}  // namespace failover
