#include "restore/manifest_of.hpp"

#include <algorithm>
#include <set>
#include <string>
#include <string_view>
#include <tuple>
#include <unordered_map>
#include <utility>
#include <vector>

#include <failover/error.hpp>
#include <failover/restorer.hpp>

#include "archive/archive_entry.hpp"
#include "core/fd.hpp"
#include "core/file_identity.hpp"
#include "restore/live_tree.hpp"
#include "restore/plan_acts.hpp"
#include "state/restore_manifest.hpp"
#include "state/restore_plan_file.hpp"
#include "state/restore_roots.hpp"

namespace failover {

RestoreManifest manifest_for(const RestoreManifest& manifest, const std::vector<RestoreRoot>& roots) {
  RestoreManifest result;
  result.generation = manifest.generation;
  for (const auto& root : roots) {
    const auto before = std::ranges::find(manifest.roots, root.directory, &RestoreRoot::directory);
    if (before == manifest.roots.end()) continue;
    result.roots.push_back(root);
    for (const auto& entry : manifest.entries) {
      if (root_of(manifest.roots, entry.path) != &*before) continue;
      auto path = root.prefix;
      const auto rest = beneath_prefix(before->prefix, entry.path);
      if (!path.empty() && !rest.empty()) path += '/';
      path += rest;
      if (root_of(roots, path) != &root) continue;  // hidden by a root that is new
      result.entries.push_back(entry);
      result.entries.back().path = std::move(path);
    }
  }
  std::ranges::sort(result.entries, {}, &ManifestEntry::path);
  return result;
}

namespace {

/// Directories that are ours: made by this restore, or by an earlier one unless they went with this one.
void add_directories_made(const PlanFacts& facts, const DraftPlan& plan, std::vector<ManifestEntry>& entries) {
  std::set<std::string_view> going;
  for (const auto& [act, size, reason] : plan.acts) {
    if (act.kind == ActKind::remove_directory) going.insert(act.path);
    if (act.kind == ActKind::make_directory) entries.push_back({.path = act.path, .directory = true, .made = true});
  }
  if (facts.manifest == nullptr) return;
  for (const auto& entry : facts.manifest->entries) {
    if (entry.directory && entry.made && !going.contains(entry.path)) entries.push_back(entry);
  }
}

bool comes_beneath_a_root(const PlanFacts& facts, const ArchiveEntry& entry) {
  return root_of(facts.roots, entry.path) != nullptr && !is_root(facts.roots, entry.path);
}

/// What the files and links that come are.
std::unordered_map<std::string_view, const FileIdentity*> files_that_come(const DraftPlan& plan) {
  std::unordered_map<std::string_view, const FileIdentity*> coming;
  for (const auto& draft : plan.acts) {
    if (draft.act.new_file) coming.emplace(draft.act.path, &*draft.act.new_file);
  }
  return coming;
}

void add_files(const PlanFacts& facts, const DraftPlan& plan, std::vector<ManifestEntry>& entries) {
  const auto coming = files_that_come(plan);
  for (const auto& entry : facts.entries) {
    if (entry.is_directory() || !comes_beneath_a_root(facts, entry)) continue;
    auto& file = entries.emplace_back(ManifestEntry{.path = entry.path, .crc = content_crc(entry)});
    if (const auto act = coming.find(entry.path); act != coming.end()) {
      file.identity = *act->second;
    } else if (const auto* live = facts.survey.find(entry.path)) {
      file.identity = live->facts.identity;
      file.mtime_ns = live->facts.mtime_ns;
      file.ctime_ns = live->facts.ctime_ns;
    }
    file.identity.crc.reset();
  }
}

}  // namespace

RestoreManifest manifest_of(const PlanFacts& facts, const DraftPlan& plan) {
  RestoreManifest manifest;
  manifest.roots = facts.roots;
  auto& entries = manifest.entries;
  add_files(facts, plan, entries);
  add_directories_made(facts, plan, entries);
  for (const auto& entry : facts.entries) {
    if (entry.is_directory() && comes_beneath_a_root(facts, entry)) {
      entries.push_back({.path = entry.path, .directory = true});
    }
  }
  // Of one path the first counts: a file comes where a directory of ours was once, and that we made one is not in the
  // backup.
  std::ranges::sort(entries, {}, [](const ManifestEntry& entry) {
    return std::tuple(std::string_view(entry.path), entry.directory, !entry.made);
  });
  const auto rest = std::ranges::unique(entries, {}, &ManifestEntry::path);
  entries.erase(rest.begin(), rest.end());
  return manifest;
}

Result<void> complete_manifest(const LiveTree& tree, RestoreManifest& manifest) {
  Fd parent;
  std::string parent_path;
  for (auto& entry : manifest.entries) {
    if (entry.directory || entry.ctime_ns != 0) continue;
    const auto wanted = parent_of(entry.path);
    if (!parent || wanted != parent_path) {
      parent = FO_TRY(tree.directory(wanted));
      parent_path = wanted;
    }
    const auto facts = FO_TRY(look_at(parent.get(), name_of(entry.path)));
    entry.mtime_ns = facts.mtime_ns;
    entry.ctime_ns = facts.ctime_ns;
  }
  return {};
}

}  // namespace failover
