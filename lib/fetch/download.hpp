#pragma once

#include <cstdint>
#include <optional>

#include <failover/context.hpp>
#include <failover/error.hpp>
#include <failover/source.hpp>

#include "fetch/partial.hpp"

namespace failover {

struct DownloadOptions {
  std::optional<std::uint64_t> limit_rate;  ///< bytes a second
  unsigned retries = 5;                     ///< in a row without a byte of progress
};

/// Appends to `partial` until it has all of the object. After every failure, and at the end, the object must still be
/// the one that was chosen: else an error of kind conflict.
Result<void> download(Source& source, const ObjectInfo& object, Partial& partial, const DownloadOptions& options,
                      const Context& context);

}  // namespace failover
