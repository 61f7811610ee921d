#include "restore/plan_acts.hpp"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <set>
#include <string>
#include <string_view>
#include <unordered_map>
#include <unordered_set>
#include <utility>
#include <vector>

#include <failover/error.hpp>
#include <failover/restorer.hpp>

#include "archive/archive_entry.hpp"
#include "core/crc.hpp"
#include "core/file_identity.hpp"
#include "restore/link_target.hpp"
#include "restore/live_tree.hpp"
#include "restore/survey.hpp"
#include "state/restore_manifest.hpp"
#include "state/restore_plan_file.hpp"
#include "state/restore_roots.hpp"

namespace failover {

namespace {

std::unexpected<Error> refuse_path(const std::string& path, std::string_view why) {
  return fail(ErrorKind::refused, path + " " + std::string(why));
}

using Paths = std::unordered_set<std::string_view>;
using Directories = std::set<std::string, std::less<>>;  ///< those above come first

/// Whether an entry is one that comes beneath a root.
bool taken(const PlanFacts& facts, const std::string& path) {
  return root_of(facts.roots, path) != nullptr && !is_root(facts.roots, path);
}

Directories directories_of(const PlanFacts& facts) {
  Directories directories;
  std::unordered_set<std::string> seen;
  for (const auto& entry : facts.entries) {
    if (!taken(facts, entry.path)) continue;
    auto path = entry.is_directory() ? entry.path : parent_of(entry.path);
    for (; !is_root(facts.roots, path) && seen.insert(path).second; path = parent_of(path)) directories.insert(path);
  }
  return directories;
}

int turn_of(const RestoreAct& act) noexcept {
  switch (act.kind) {
    case ActKind::remove:
      return 0;
    case ActKind::remove_directory:
      return 1;
    case ActKind::make_directory:
      return 2;
    case ActKind::replace:
    case ActKind::add:
      return act.link.empty() ? 3 : 4;
  }
  return 3;
}

class Planner {
 public:
  explicit Planner(const PlanFacts& facts) : facts_(facts), next_slot_(facts.entries.size()) {
    if (facts.manifest == nullptr) return;
    for (const auto& entry : facts.manifest->entries) known_.emplace(entry.path, &entry);
  }

  Result<DraftPlan> make() {
    FO_TRY(check_covered());
    const auto directories = directories_of(facts_);
    for (const auto& path : directories) FO_TRY(plan_directory(path));
    Paths files;
    for (const auto& entry : facts_.entries) {
      if (!entry.is_directory() && taken(facts_, entry.path)) files.insert(entry.path);
    }
    for (std::size_t i = 0; i < facts_.entries.size(); ++i) {
      const auto& entry = facts_.entries[i];
      if (!entry.is_directory() && taken(facts_, entry.path)) FO_TRY(plan_file(entry, i, files));
    }
    FO_TRY(plan_removals(files, directories));
    if (facts_.mirror) FO_TRY(plan_mirror(files, directories));
    put_in_order(plan_.acts);
    return std::move(plan_);
  }

 private:
  [[nodiscard]] Result<void> check_covered() const {
    if (facts_.take_over) return {};
    for (const auto& prefix : facts_.survey.occupied) {
      if (facts_.manifest != nullptr && is_root(facts_.manifest->roots, prefix)) continue;
      return fail(ErrorKind::refused, "the target " + shown_path(facts_.roots, prefix) +
                                          " is not empty and nothing in it was restored by us; look at it, and type " +
                                          "--take-over once");
    }
    return {};
  }

  [[nodiscard]] const ManifestEntry* known(const std::string& path) const {
    const auto found = known_.find(path);
    return found == known_.end() ? nullptr : found->second;
  }

  Result<void> add(ActKind kind, std::uint64_t n, const std::string& path, std::uint64_t size, std::string reason) {
    for (auto above = path;; above = parent_of(above)) {
      const auto* live = facts_.survey.find(above);
      if (live != nullptr && live->off_limits) {
        return refuse_path(path,
                           "lies in our state directory, or in another target; no backup may change it from here");
      }
      if (is_root(facts_.roots, above)) break;
    }
    DraftAct draft{{}, size, std::move(reason)};
    draft.act.n = n;
    draft.act.kind = kind;
    draft.act.path = path;
    draft.act.mount = mount_of(facts_.survey, path);
    plan_.acts.push_back(std::move(draft));
    return {};
  }

  /// A symbolic link that an earlier restore put there.
  [[nodiscard]] bool our_link(const std::string& path) const {
    const auto* before = known(path);
    return before != nullptr && before->identity.symlink;
  }

  /// A link may end only beneath the root that takes it.
  [[nodiscard]] Result<void> check_link(const ArchiveEntry& entry) const {
    const auto* root = root_of(facts_.roots, entry.path);
    if (link_ends_inside(root->directory, beneath_prefix(root->prefix, entry.path), entry.link)) return {};
    return refuse_path(entry.path, "is a symbolic link to " + entry.link + ", which is not beneath " + root->directory);
  }

  Result<void> plan_directory(const std::string& path) {
    const auto* live = facts_.survey.find(path);
    if (live != nullptr && live->facts.kind == FileKind::directory) return {};
    if (live != nullptr && (live->facts.kind == FileKind::file || our_link(path))) {
      FO_TRY(check_movable(path, *live, our_link(path)));
      FO_TRY(
          add(ActKind::remove, next_slot_++, path, live->facts.identity.size, "a directory of the backup comes here"));
    } else if (live != nullptr) {
      return refuse_path(path, "is a directory in the backup and neither file nor directory here; move it away");
    }
    FO_TRY(add(ActKind::make_directory, next_slot_++, path, 0, "not here yet"));
    return {};
  }

  Result<void> plan_file(const ArchiveEntry& entry, std::uint64_t n, const Paths& files) {
    const auto* live = facts_.survey.find(entry.path);
    if (live != nullptr && live->facts.kind == FileKind::directory) {
      return refuse_path(entry.path, "is a file in the backup and a directory here; move it away");
    }
    if (live != nullptr && unchanged(entry, live->facts)) {
      ++plan_.unchanged;
      plan_.unchanged_bytes += entry.size;
      return {};
    }
    if (entry.kind == EntryKind::symlink) FO_TRY(check_link(entry));
    if (live == nullptr) {
      FO_TRY(add(ActKind::add, n, entry.path, entry.size, "not here yet"));
    } else {
      FO_TRY(check_movable(entry.path, *live, entry.kind == EntryKind::symlink || our_link(entry.path)));
      FO_TRY(add(ActKind::replace, n, entry.path, entry.size,
                 known(entry.path) != nullptr ? "changed" : "not from a backup"));
    }
    plan_.acts.back().act.link = entry.link;
    if (entry.kind == EntryKind::symlink) return {};
    for (auto& log : remove_logs_of(entry.path, facts_.survey, next_slot_)) {
      if (!files.contains(log.act.path)) plan_.acts.push_back(std::move(log));
    }
    return {};
  }

  /// Still the very file that we put there, and the backup holds the same content again.
  [[nodiscard]] bool unchanged(const ArchiveEntry& entry, const FileFacts& live) const {
    const auto* before = known(entry.path);
    const bool link = entry.kind == EntryKind::symlink;
    return before != nullptr && !before->directory && before->identity.symlink == link && before->identity.birth_ns &&
           before->crc == content_crc(entry) && before->identity.size == (link ? entry.link.size() : entry.size) &&
           live.identity == before->identity && live.mtime_ns == before->mtime_ns && live.ctime_ns == before->ctime_ns;
  }

  Result<void> plan_removals(const Paths& files, const Directories& directories) {
    if (facts_.manifest == nullptr) return {};
    for (const auto& entry : facts_.manifest->entries) {
      const auto& path = entry.path;
      const auto* live = facts_.survey.find(path);
      if (live == nullptr) continue;
      const auto& facts = live->facts;
      if (entry.directory) {
        if (entry.made && !is_root(facts_.roots, path) && facts.kind == FileKind::directory && !facts.mount_root &&
            !directories.contains(path)) {
          FO_TRY(add(ActKind::remove_directory, next_slot_++, path, 0, "no longer in the backup"));
        }
      } else if ((facts.kind == FileKind::file || (facts.kind == FileKind::symlink && entry.identity.symlink)) &&
                 !files.contains(path) && !directories.contains(path)) {
        FO_TRY(check_movable(path, *live, true));
        FO_TRY(add(ActKind::remove, next_slot_++, path, facts.identity.size, "no longer in the backup"));
      }
    }
    return {};
  }

  /// What the backup does not hold goes too, but for mounts, what is off limits, and what is neither file nor
  /// directory.
  Result<void> plan_mirror(const Paths& files, const Directories& directories) {
    std::set<std::string> staying;
    const auto stays = [&](const std::string& path) {
      for (auto above = path; !is_root(facts_.roots, above) && staying.insert(above).second; above = parent_of(above)) {
      }
    };
    for (const auto& [path, live] : facts_.survey.paths) {
      if (files.contains(path) || is_root(facts_.roots, path)) continue;
      const bool is_directory = live.facts.kind == FileKind::directory;
      const bool movable = !is_directory && live.facts.kind != FileKind::other && !live.facts.mount_root;
      if (movable && !directories.contains(path)) {
        FO_TRY(add(ActKind::remove, next_slot_++, path, live.facts.identity.size, "not in the backup"));
      } else if (!is_directory || live.off_limits || live.facts.mount_root) {
        stays(path);
      }
    }
    for (const auto& [path, live] : facts_.survey.paths) {
      const bool ours = directories.contains(path) || is_root(facts_.roots, path) || staying.contains(path);
      if (ours || live.facts.kind != FileKind::directory) continue;
      FO_TRY(add(ActKind::remove_directory, next_slot_++, path, 0, "not in the backup"));
    }
    return {};
  }

  const PlanFacts& facts_;
  std::unordered_map<std::string_view, const ManifestEntry*> known_;
  std::uint64_t next_slot_;
  DraftPlan plan_;
};

}  // namespace

std::uint32_t content_crc(const ArchiveEntry& entry) noexcept {
  if (entry.kind != EntryKind::symlink) return entry.crc;
  return crc32(entry.link);
}

Result<void> check_movable(const std::string& path, const LivePath& live, bool link_expected) {
  const bool link = live.facts.kind == FileKind::symlink;
  if (link && !link_expected) {
    return refuse_path(path, "is a symbolic link here; nothing is written through one: move it away");
  }
  if (live.facts.kind != FileKind::file && !link) return refuse_path(path, "is no regular file here; move it away");
  if (live.facts.mount_root) return refuse_path(path, "is a mount point here; unmount it");
  return {};
}

std::string mount_of(const Survey& survey, const std::string& path) {
  for (auto above = parent_of(path);; above = parent_of(above)) {
    const auto* live = survey.find(above);
    if (live != nullptr && live->facts.kind == FileKind::directory) return live->mount;
    if (above.empty()) return "";
  }
}

std::vector<DraftAct> remove_logs_of(const std::string& path, const Survey& survey, std::uint64_t& n) {
  std::vector<DraftAct> acts;
  for (const auto& log : database_logs(path)) {
    const auto* live = survey.find(log);
    if (live == nullptr || live->facts.kind != FileKind::file) continue;
    DraftAct draft{{}, live->facts.identity.size, "belongs to the database that is changed"};
    draft.act.n = n++;
    draft.act.kind = ActKind::remove;
    draft.act.path = log;
    draft.act.mount = mount_of(survey, log);
    acts.push_back(std::move(draft));
  }
  return acts;
}

void put_in_order(std::vector<DraftAct>& acts) {
  // One act for one path and kind: a log may be named by the manifest and by its database.
  std::ranges::sort(acts, [](const DraftAct& a, const DraftAct& b) {
    const auto turn_a = turn_of(a.act);
    const auto turn_b = turn_of(b.act);
    if (turn_a != turn_b) return turn_a < turn_b;
    return a.act.kind == ActKind::remove_directory ? b.act.path < a.act.path : a.act.path < b.act.path;
  });
  const auto rest = std::ranges::unique(acts, [](const DraftAct& a, const DraftAct& b) {
    return a.act.path == b.act.path && turn_of(a.act) == turn_of(b.act);
  });
  acts.erase(rest.begin(), rest.end());
}

Result<void> check_mapped(const std::vector<ArchiveEntry>& entries, const std::vector<RestoreRoot>& roots,
                          bool ignore) {
  for (const auto& entry : entries) {
    if (is_root(roots, entry.path) && !entry.is_directory()) {
      return refuse_path(entry.path, "is a file in the backup; --map takes directories");
    }
    if (ignore || root_of(roots, entry.path) != nullptr) continue;
    const auto below = entry.path.empty() ? "" : entry.path + "/";
    const bool above_a_root = entry.is_directory() && std::ranges::any_of(roots, [&](const auto& root) {
                                return root.prefix.starts_with(below);
                              });
    if (!above_a_root) {
      return refuse_path(entry.path, "is in the backup and no --map takes it; map it, or type --ignore-unmapped");
    }
  }
  return {};
}

std::vector<std::string> paths_to_survey(const std::vector<ArchiveEntry>& entries,
                                         const std::vector<RestoreRoot>& roots, const RestoreManifest* manifest) {
  std::vector<std::string> paths;
  const auto want = [&](const std::string& path) {
    if (root_of(roots, path) != nullptr && !is_root(roots, path)) paths.push_back(path);
  };
  for (const auto& entry : entries) want(entry.path);
  if (manifest != nullptr) {
    for (const auto& entry : manifest->entries) want(entry.path);
  }
  return paths;
}

Result<DraftPlan> plan_restore(const PlanFacts& facts) {
  return Planner(facts).make();
}

}  // namespace failover
