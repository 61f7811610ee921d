#pragma once

#include <memory>

#include <failover/error.hpp>
#include <failover/source.hpp>

#include "core/url.hpp"

namespace failover {

/// `smb://[[DOMAIN;]USER@]HOST[:PORT]/SHARE/PATH`, SMB 2.1 to 3.1.1, by the worker fo-smb.
Result<std::unique_ptr<Source>> make_smb_source(const Url& url, const SourceOptions& options);

}  // namespace failover
