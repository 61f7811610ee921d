#pragma once

#include <string>
#include <string_view>

#include <failover/error.hpp>

namespace failover {

/// What the path of a source location names: one object, or those of a folder whose names match.
struct PathPattern {
  std::string folder;   ///< decoded, ends in '/'
  std::string name;     ///< the one object's decoded name; empty for a listing
  std::string pattern;  ///< for a listing: fnmatch(3), with escaped characters taken literally

  [[nodiscard]] bool is_listing() const noexcept { return name.empty(); }
  [[nodiscard]] std::string path() const { return folder + name; }
  /// Hidden names match only a pattern that begins with a dot.
  [[nodiscard]] bool matches(const std::string& candidate) const;
};

/// @param encoded the path as it stands in the URL. '*', '?' and '[' in its last component are wildcards unless they
///   are percent-encoded; in other components they are refused. A path that ends in '/' names everything there.
Result<PathPattern> parse_path_pattern(std::string_view encoded);

}  // namespace failover
