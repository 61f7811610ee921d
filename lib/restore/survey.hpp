#pragma once

#include <map>
#include <set>
#include <string>
#include <vector>

#include <failover/context.hpp>
#include <failover/error.hpp>

#include "core/file_identity.hpp"
#include "restore/live_tree.hpp"

namespace failover {

/// What one path is now, and to which mount a file made there would belong.
struct LivePath {
  FileFacts facts;
  std::string mount;  ///< topmost directory of the mount, beneath the target
};

/// The live tree as far as a plan needs it. Paths that are not in `paths` do not exist.
struct Survey {
  std::map<std::string, LivePath, std::less<>> paths;
  bool empty_target = true;  ///< but for what is ours and lost+found

  [[nodiscard]] const LivePath* find(std::string_view path) const {
    const auto found = paths.find(path);
    return found == paths.end() ? nullptr : &found->second;
  }
};

/// The names beside a SQLite database that belong to it: X-wal, X-shm, X-journal.
std::vector<std::string> database_logs(const std::string& path);

/// Looks at each path, everything above it, and the database logs beside it. A symbolic link or file on the way is kept
/// as what it is; nothing is looked for beneath it.
Result<Survey> survey_tree(const LiveTree& tree, const std::set<std::string>& paths, const Context& context);

}  // namespace failover
