#pragma once

#include <cstddef>
#include <functional>
#include <string_view>

namespace failover {

/// So that a table whose keys are strings is asked with a view of one, which need not be copied for it.
struct TextHash {
  using is_transparent = void;
  std::size_t operator()(std::string_view text) const noexcept { return std::hash<std::string_view>()(text); }
};

}  // namespace failover
