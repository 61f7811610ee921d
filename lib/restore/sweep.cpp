#include "restore/sweep.hpp"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include <failover/context.hpp>
#include <failover/error.hpp>

#include "restore/live_tree.hpp"
#include "restore/new_run.hpp"
#include "restore/slots.hpp"
#include "restore/undo_copy.hpp"
#include "state/restore_journal.hpp"
#include "state/restore_manifest.hpp"
#include "state/restore_plan_file.hpp"
#include "state/restore_roots.hpp"
#include "state/restored_generation.hpp"
#include "state/state_dir.hpp"
#include "state/undo_pin.hpp"

namespace failover {

namespace {

using Place = std::pair<std::string, std::string>;  ///< prefix and directory of a root

/// The generations whose undo copies are wanted: the current one and those before it, as many as the last restore said.
std::vector<std::uint64_t> chain_of(const RestoreJournal& journal, const std::optional<RestoredGeneration>& current) {
  std::size_t wanted = 1;
  for (const auto& run : journal.runs()) {
    if (run.kind == RunKind::restore && run.result == "restored") wanted = std::max(run.keep_undo, 1U);
  }
  std::vector<std::uint64_t> chain;
  for (auto generation = current; generation && chain.size() < wanted;) {
    chain.push_back(generation->generation);
    generation = generation_in(journal, generation->previous);
  }
  return chain;
}

/// Where slots may still lie: of each root the mounts of its last runs, and of every run since the oldest wanted one.
std::map<Place, std::set<std::string>> places(const RestoreJournal& journal, std::uint64_t oldest) {
  constexpr std::size_t enough = 8;
  std::map<Place, std::set<std::string>> result;
  const auto& runs = journal.runs();
  for (std::size_t i = 0; i < runs.size(); ++i) {
    if (runs.size() - i > enough && runs[i].number < oldest) continue;
    for (const auto& mount : runs[i].mounts) {
      const auto* root = root_of(runs[i].roots, mount);
      if (root != nullptr) result[{root->prefix, root->directory}].insert(mount);
    }
  }
  return result;
}

Result<void> try_sweep(const StateDir& state, const RestoreJournal& journal) {
  const auto current = FO_TRY(read_restored_generation(state));
  const auto chain = chain_of(journal, current);
  std::set<std::uint64_t> undo(chain.begin(), chain.end());
  auto manifests = undo;
  if (const auto pin = FO_TRY(read_undo_pin(state))) {
    if (const auto pinned = pinned_generation(journal.runs(), *pin)) undo.insert(*pinned);
  }
  if (!chain.empty()) {
    const auto oldest = generation_in(journal, chain.back());
    if (oldest) manifests.insert(oldest->previous);
  }
  for (const auto& [place, mounts] : places(journal, undo.empty() ? UINT64_MAX : *undo.begin())) {
    const auto tree = LiveTree::open({{place.first, place.second}});
    if (tree) FO_TRY(sweep_slots(*tree, mounts, undo));
  }
  for (const auto run : FO_TRY(list_restore_plans(state))) {
    if (!undo.contains(run)) FO_TRY(remove_restore_plan(state, run));
  }
  for (const auto generation : FO_TRY(list_restore_manifests(state))) {
    if (!manifests.contains(generation)) FO_TRY(remove_restore_manifest(state, generation));
  }
  return {};
}

}  // namespace

void sweep(const StateDir& state, const RestoreJournal& journal, const Context& context) {
  const auto swept = try_sweep(state, journal);
  if (!swept) context.note(Level::warning, "cannot clear away old undo copies: " + swept.error().message);
}

}  // namespace failover
