#pragma once

#include <optional>
#include <string_view>

#include <failover/context.hpp>

namespace failover {

struct NewestEntry {
  std::optional<WallTime> newest;  ///< none: no entry has a time
  bool exact = false;              ///< the newest one is in UTC
};

/// Goes over a zip's central directory. None: it is damaged.
std::optional<NewestEntry> newest_entry_time(std::string_view directory);

}  // namespace failover
