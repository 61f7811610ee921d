#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include <failover/error.hpp>
#include <failover/watch.hpp>

namespace failover {

/// An observation as a store holds it: a JSON object with `format` 1, `node`, `address`, `role`, `health`, `reason`,
/// `targets` (at most 100, those that are not up first), `time`, `aged_ms` (how old it was when its lease began),
/// `term` (the store's election it was written in) and, if the node knows, `same_ms` (for how long its health had been
/// so).
struct StoredObservation {
  NodeObservation said;  ///< its age is what it was when it was written
  std::uint64_t term = 0;
};

std::string to_text(const StoredObservation& observation);

/// Strict: what is missing, has another type or is of a newer format is an error of kind protocol.
Result<StoredObservation> parse_observation(std::string_view text);

/// Letters, digits, '.', '_' and '-', at most 64, not beginning with a '.'.
bool is_node_name(std::string_view name) noexcept;

}  // namespace failover
