#include "restore/plan_acts.hpp"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <map>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <failover/error.hpp>

#include "archive/archive_entry.hpp"
#include "core/file_identity.hpp"
#include "restore/live_tree.hpp"
#include "restore/survey.hpp"
#include "state/restore_manifest.hpp"
#include "state/restore_plan_file.hpp"

namespace failover {

namespace {

std::unexpected<Error> refuse_path(const std::string& path, std::string_view why) {
  return fail(ErrorKind::refused, path + " " + std::string(why));
}

std::set<std::string> directories_of(const std::vector<ArchiveEntry>& entries) {
  std::set<std::string> directories;
  for (const auto& entry : entries) {
    auto path = entry.is_directory() ? entry.path : parent_of(entry.path);
    for (; !path.empty() && directories.insert(path).second; path = parent_of(path)) {
    }
  }
  return directories;
}

int turn_of(ActKind kind) noexcept {
  switch (kind) {
    case ActKind::remove:
      return 0;
    case ActKind::remove_directory:
      return 1;
    case ActKind::make_directory:
      return 2;
    case ActKind::replace:
    case ActKind::add:
      return 3;
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
    if (facts_.manifest == nullptr && !facts_.survey.empty_target && !facts_.take_over) {
      return fail(
          ErrorKind::refused,
          "the target is not empty and nothing in it was restored by us; look at it, and type --take-over once");
    }
    const auto directories = directories_of(facts_.entries);
    for (const auto& path : directories) FO_TRY(plan_directory(path));
    std::set<std::string> files;
    for (std::size_t i = 0; i < facts_.entries.size(); ++i) {
      if (facts_.entries[i].is_directory()) continue;
      files.insert(facts_.entries[i].path);
    }
    for (std::size_t i = 0; i < facts_.entries.size(); ++i) {
      if (!facts_.entries[i].is_directory()) FO_TRY(plan_file(facts_.entries[i], i, files));
    }
    FO_TRY(plan_removals(files, directories));
    put_in_order(plan_.acts);
    return std::move(plan_);
  }

 private:
  [[nodiscard]] const ManifestEntry* known(const std::string& path) const {
    const auto found = known_.find(path);
    return found == known_.end() ? nullptr : found->second;
  }

  void add(ActKind kind, std::uint64_t n, const std::string& path, std::uint64_t size, std::string reason) {
    DraftAct draft{{}, size, std::move(reason)};
    draft.act.n = n;
    draft.act.kind = kind;
    draft.act.path = path;
    draft.act.mount = mount_of(facts_.survey, path);
    plan_.acts.push_back(std::move(draft));
  }

  Result<void> plan_directory(const std::string& path) {
    const auto* live = facts_.survey.find(path);
    if (live != nullptr && live->facts.kind == FileKind::directory) return {};
    if (live != nullptr && live->facts.kind == FileKind::file) {
      FO_TRY(check_movable(path, *live));
      add(ActKind::remove, next_slot_++, path, live->facts.identity.size, "a directory of the backup comes here");
    } else if (live != nullptr) {
      return refuse_path(path, "is a directory in the backup and neither file nor directory here; move it away");
    }
    add(ActKind::make_directory, next_slot_++, path, 0, "not here yet");
    return {};
  }

  Result<void> plan_file(const ArchiveEntry& entry, std::uint64_t n, const std::set<std::string>& files) {
    const auto* live = facts_.survey.find(entry.path);
    if (live != nullptr && live->facts.kind == FileKind::directory) {
      return refuse_path(entry.path, "is a file in the backup and a directory here; move it away");
    }
    if (live != nullptr && unchanged(entry, live->facts)) {
      ++plan_.unchanged;
      return {};
    }
    if (live == nullptr) {
      add(ActKind::add, n, entry.path, entry.size, "not here yet");
    } else {
      FO_TRY(check_movable(entry.path, *live));
      add(ActKind::replace, n, entry.path, entry.size, known(entry.path) != nullptr ? "changed" : "not from a backup");
    }
    for (auto& log : remove_logs_of(entry.path, facts_.survey, next_slot_)) {
      if (!files.contains(log.act.path)) plan_.acts.push_back(std::move(log));
    }
    return {};
  }

  /// Still the very file that we put there, and the backup holds the same content again.
  [[nodiscard]] bool unchanged(const ArchiveEntry& entry, const FileFacts& live) const {
    const auto* before = known(entry.path);
    return before != nullptr && !before->directory && live.kind == FileKind::file && before->identity.birth_ns &&
           before->crc == entry.crc && before->identity.size == entry.size && live.identity == before->identity &&
           live.mtime_ns == before->mtime_ns && live.ctime_ns == before->ctime_ns;
  }

  Result<void> plan_removals(const std::set<std::string>& files, const std::set<std::string>& directories) {
    for (const auto& [path, entry] : known_) {
      const auto* live = facts_.survey.find(path);
      if (live == nullptr) continue;
      const auto& facts = live->facts;
      if (entry->directory) {
        if (entry->made && facts.kind == FileKind::directory && !facts.mount_root && !directories.contains(path)) {
          add(ActKind::remove_directory, next_slot_++, path, 0, "no longer in the backup");
        }
      } else if (facts.kind == FileKind::file && !files.contains(path) && !directories.contains(path)) {
        FO_TRY(check_movable(path, *live));
        add(ActKind::remove, next_slot_++, path, facts.identity.size, "no longer in the backup");
      }
    }
    return {};
  }

  const PlanFacts& facts_;
  std::map<std::string, const ManifestEntry*> known_;
  std::uint64_t next_slot_;
  DraftPlan plan_;
};

}  // namespace

Result<void> check_movable(const std::string& path, const LivePath& live) {
  if (live.facts.kind == FileKind::symlink) {
    return refuse_path(path, "is a symbolic link here; nothing is written through one: move it away");
  }
  if (live.facts.kind != FileKind::file) return refuse_path(path, "is no regular file here; move it away");
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
    const auto turn_a = turn_of(a.act.kind);
    const auto turn_b = turn_of(b.act.kind);
    if (turn_a != turn_b) return turn_a < turn_b;
    return a.act.kind == ActKind::remove_directory ? b.act.path < a.act.path : a.act.path < b.act.path;
  });
  const auto rest = std::ranges::unique(acts, [](const DraftAct& a, const DraftAct& b) {
    return a.act.path == b.act.path && turn_of(a.act.kind) == turn_of(b.act.kind);
  });
  acts.erase(rest.begin(), rest.end());
}

std::set<std::string> paths_to_survey(const std::vector<ArchiveEntry>& entries, const RestoreManifest* manifest) {
  std::set<std::string> paths;
  for (const auto& entry : entries) {
    if (!entry.path.empty()) paths.insert(entry.path);
  }
  if (manifest != nullptr) {
    for (const auto& entry : manifest->entries) paths.insert(entry.path);
  }
  return paths;
}

Result<DraftPlan> plan_restore(const PlanFacts& facts) {
  return Planner(facts).make();
}

}  // namespace failover
