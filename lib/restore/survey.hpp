#pragma once

#include <filesystem>
#include <functional>
#include <set>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include <failover/context.hpp>
#include <failover/error.hpp>

#include "core/file_identity.hpp"
#include "core/text_hash.hpp"
#include "restore/live_tree.hpp"

namespace failover {

/// What one path is now, and to which mount a file made there would belong.
struct LivePath {
  FileFacts facts;
  std::string mount;  ///< path of the topmost directory of the mount
  /// A directory that no restore may touch from here: the state directory, or a root that is reached a second time
  /// (bind mount). Nothing beneath it was looked at.
  bool off_limits = false;
};

/// The live tree as far as a plan needs it. Paths that are not in `paths` do not exist.
struct Survey {
  std::unordered_map<std::string, LivePath, TextHash, std::equal_to<>> paths;
  std::set<std::string, std::less<>> occupied;  ///< prefixes of roots that hold more than what is ours and lost+found

  [[nodiscard]] const LivePath* find(std::string_view path) const {
    const auto found = paths.find(path);
    return found == paths.end() ? nullptr : &found->second;
  }
};

/// Where to look.
struct SurveyScope {
  std::vector<std::string> paths;  ///< as the archive calls them, in any order
  /// Also whatever else lies beneath the roots, but for what a mirror never takes away: our slots, lost+found, and
  /// mounts on which none of `paths` lies.
  bool everything = false;
  std::filesystem::path state_dir;  ///< off limits, wherever it is met
};

/// The names beside a SQLite database that belong to it: X-wal, X-shm, X-journal.
std::vector<std::string> database_logs(const std::string& path);

/// Looks at each path, everything above it, and the database logs beside it: one statx each, each directory opened
/// once. A symbolic link or file on the way is kept as what it is; nothing is looked for beneath it.
Result<Survey> survey_tree(const LiveTree& tree, const SurveyScope& scope, const Context& context);

}  // namespace failover
