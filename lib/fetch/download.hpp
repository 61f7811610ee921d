#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>

#include <failover/context.hpp>
#include <failover/error.hpp>
#include <failover/source.hpp>

#include "fetch/partial.hpp"
#include "fetch/token_bucket.hpp"

namespace failover {

struct DownloadOptions {
  std::optional<std::uint64_t> limit_rate;  ///< bytes a second
  unsigned retries = 5;                     ///< in a row without a byte of progress
  std::size_t connections = 4;              ///< at most; fewer where the store or the size does not ask for them
};

/// Brings what is missing of `wanted` (ascending, not overlapping) into `partial`, over several connections. After
/// every failure, and at the end, the object must still be the one that was chosen: else an error of kind conflict.
/// A connection that the store does not grant is done without; the deadline and the tries are shared.
/// @return the bytes that came
Result<std::uint64_t> download(Source& source, const ObjectInfo& object, Partial& partial,
                               std::span<const ByteRange> wanted, const DownloadOptions& options,
                               const Context& context);

/// Everything that is missing.
Result<std::uint64_t> download(Source& source, const ObjectInfo& object, Partial& partial,
                               const DownloadOptions& options, const Context& context);

}  // namespace failover
