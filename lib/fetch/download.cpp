#include "fetch/download.hpp"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <utility>
#include <vector>

#include <failover/context.hpp>
#include <failover/error.hpp>
#include <failover/source.hpp>

#include "fetch/download_crew.hpp"
#include "fetch/partial.hpp"
#include "fetch/range_set.hpp"
#include "fetch/survey.hpp"

namespace failover {

namespace {

/// What makes another connection worth its handshake: so many bytes, or so many waits.
constexpr std::uint64_t bytes_per_connection = std::uint64_t{4} * 1024 * 1024;
constexpr std::size_t waits_per_connection = 8;

std::size_t connections_for(std::span<const ByteRange> wanted, std::size_t ranges_per_wait, std::size_t most) {
  const auto by_bytes = static_cast<std::size_t>(bytes_of(wanted) / bytes_per_connection);
  const auto by_waits = wanted.size() / (waits_per_connection * std::max<std::size_t>(ranges_per_wait, 1));
  return std::clamp<std::size_t>(std::max(by_bytes, by_waits), 1, std::max<std::size_t>(most, 1));
}

std::vector<std::unique_ptr<Source>> further_sources(const Source& source, std::size_t count) {
  std::vector<std::unique_ptr<Source>> sources;
  while (sources.size() < count) {
    auto another = source.another();
    if (!another) break;
    sources.push_back(std::move(*another));
  }
  return sources;
}

}  // namespace

Result<std::uint64_t> download(Source& source, const ObjectInfo& object, Partial& partial,
                               std::span<const ByteRange> wanted, const DownloadOptions& options,
                               const Context& context) {
  std::vector<ByteRange> missing;
  for (const auto& range : wanted) {
    const auto parts = partial.missing_from(range);
    missing.insert(missing.end(), parts.begin(), parts.end());
  }
  const auto others =
      further_sources(source, connections_for(missing, source.ranges_per_wait(), options.connections) - 1);
  DownloadCrew crew(object, partial, missing, others.size() + 1, options, context);
  FO_TRY(crew.run(source, others));
  FO_TRY(still_the_same(source, object, options.retries, context));
  return crew.fetched();
}

Result<std::uint64_t> download(Source& source, const ObjectInfo& object, Partial& partial,
                               const DownloadOptions& options, const Context& context) {
  const auto missing = partial.missing();
  return download(source, object, partial, missing, options, context);
}

}  // namespace failover
