#include "restore/sweep.hpp"

#include <cstddef>
#include <cstdint>
#include <map>
#include <set>
#include <string>

#include <failover/context.hpp>
#include <failover/error.hpp>

#include "restore/live_tree.hpp"
#include "restore/slots.hpp"
#include "state/restore_journal.hpp"
#include "state/restore_manifest.hpp"
#include "state/restore_plan_file.hpp"
#include "state/restored_generation.hpp"
#include "state/state_dir.hpp"

namespace failover {

namespace {

/// Where slots may still lie: of every target, the mounts of its last runs.
std::map<std::string, std::set<std::string>> places(const RestoreJournal& journal) {
  constexpr std::size_t enough = 8;
  std::map<std::string, std::set<std::string>> targets;
  const auto& runs = journal.runs();
  for (std::size_t i = runs.size() > enough ? runs.size() - enough : 0; i < runs.size(); ++i) {
    if (!runs[i].target.empty()) targets[runs[i].target].insert(runs[i].mounts.begin(), runs[i].mounts.end());
  }
  return targets;
}

Result<void> try_sweep(const StateDir& state, const RestoreJournal& journal) {
  const auto current = FO_TRY(read_restored_generation(state));
  std::set<std::uint64_t> undo;
  std::set<std::uint64_t> manifests;
  if (current) {
    undo.insert(current->generation);
    manifests = {current->generation, current->previous};
  }
  for (const auto& [target, mounts] : places(journal)) {
    const auto tree = LiveTree::open(target);
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
