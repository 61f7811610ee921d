#include "restore/manifest_of.hpp"

#include <algorithm>
#include <map>
#include <set>
#include <string>
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

RestoreManifest manifest_of(const PlanFacts& facts, const DraftPlan& plan) {
  std::map<std::string, const RestoreAct*> acts;
  std::map<std::string, ManifestEntry> entries;
  std::set<std::string> going;
  for (const auto& draft : plan.acts) {
    if (draft.act.kind == ActKind::remove_directory) going.insert(draft.act.path);
    if (draft.act.new_file) acts[draft.act.path] = &draft.act;
    if (draft.act.kind == ActKind::make_directory) {
      entries[draft.act.path] = {.path = draft.act.path, .directory = true, .made = true};
    }
  }
  if (facts.manifest != nullptr) {
    // A directory that an earlier restore made is still ours, unless it went with this one.
    for (const auto& entry : facts.manifest->entries) {
      if (entry.directory && entry.made && !going.contains(entry.path)) entries.emplace(entry.path, entry);
    }
  }
  for (const auto& entry : facts.entries) {
    if (root_of(facts.roots, entry.path) == nullptr || is_root(facts.roots, entry.path)) continue;
    if (entry.is_directory()) {
      entries.try_emplace(entry.path, ManifestEntry{.path = entry.path, .directory = true});
      continue;
    }
    ManifestEntry file{.path = entry.path, .crc = content_crc(entry)};
    const auto act = acts.find(entry.path);
    if (act != acts.end()) {
      file.identity = act->second->new_file.value_or(FileIdentity{});
    } else if (const auto* live = facts.survey.find(entry.path)) {
      file.identity = live->facts.identity;
    }
    file.identity.crc.reset();
    entries[entry.path] = std::move(file);
  }
  RestoreManifest manifest;
  manifest.roots = facts.roots;
  for (auto& [path, entry] : entries) manifest.entries.push_back(std::move(entry));
  return manifest;
}

Result<void> complete_manifest(const LiveTree& tree, RestoreManifest& manifest) {
  Fd parent;
  std::string parent_path;
  for (auto& entry : manifest.entries) {
    if (entry.directory) continue;
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
