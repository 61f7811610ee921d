#pragma once

#include <map>
#include <string>
#include <vector>

#include <failover/context.hpp>
#include <failover/error.hpp>
#include <failover/fetcher.hpp>
#include <failover/source.hpp>

#include "fetch/archive_end.hpp"

namespace failover {

/// The indexes of the archives that were looked at, by the objects' paths; not of all where they are many or large.
using IndexesSeen = std::map<std::string, ArchiveIndex>;

/// Lists the source and looks at the end of every object (of the 64 newest, where there are more). Newest first.
Result<std::vector<FetchCandidate>> survey_source(Source& source, unsigned retries, IndexesSeen& indexes,
                                                  const Context& context);

/// Neither size, time nor version moved.
bool same_object(const ObjectInfo& a, const ObjectInfo& b) noexcept;

/// An error of kind conflict unless the source still has this very object under its path.
Result<void> still_the_same(Source& source, const ObjectInfo& object, unsigned retries, const Context& context);

}  // namespace failover
