#pragma once

#include <vector>

#include <failover/context.hpp>
#include <failover/error.hpp>
#include <failover/fetcher.hpp>
#include <failover/source.hpp>

namespace failover {

/// Lists the source and looks at the end of every object (of the 64 newest, where there are more). Newest first.
Result<std::vector<FetchCandidate>> survey_source(Source& source, unsigned retries, const Context& context);

/// One object, looked at again.
Result<FetchCandidate> look_at(Source& source, const ObjectInfo& object, const Context& context);

/// Neither size, time nor version moved.
bool same_object(const ObjectInfo& a, const ObjectInfo& b) noexcept;

/// An error of kind conflict unless the source still has this very object under its path.
Result<void> still_the_same(Source& source, const ObjectInfo& object, unsigned retries, const Context& context);

}  // namespace failover
