#include "restore/new_run.hpp"

#include <chrono>
#include <cstdint>
#include <optional>
#include <vector>

#include <failover/error.hpp>
#include <failover/restorer.hpp>

#include "state/restore_journal.hpp"
#include "state/restored_generation.hpp"
#include "state/state_dir.hpp"

namespace failover {

Result<RestoreRun> new_run(const StateDir& state, const RestoreJournal& journal, RunKind kind,
                           const RestoreHooks& hooks) {
  RestoreRun run;
  run.number = journal.next_number();
  run.slots = run.number;
  run.kind = kind;
  run.started = std::chrono::system_clock::now();
  run.pre_hook = hooks.pre.string();
  run.post_hook = hooks.post.string();
  run.hook_timeout = std::chrono::ceil<std::chrono::milliseconds>(hooks.timeout);
  run.before = FO_TRY(read_restored_generation(state));
  return run;
}

RestoredGeneration generation_of(const VerifiedBackup& backup, const RestoreRun& run) {
  RestoredGeneration generation;
  generation.generation = run.number;
  generation.backup = backup.path.string();
  generation.backup_time = backup.time;
  generation.restored = run.started;
  generation.sha256 = backup.sha256;
  generation.roots = run.roots;
  generation.kind = backup.contents.kind;
  generation.version = backup.contents.version;
  generation.extensions = backup.contents.extensions;
  generation.files = backup.files;
  generation.bytes = backup.bytes;
  generation.fqdn = backup.contents.fqdn;
  generation.gateways = backup.contents.gateways.value_or(std::vector<BackupGateway>{});
  generation.certificates = backup.contents.certificates;
  if (run.before) {
    generation.previous = run.before->generation;
    generation.previous_backup = run.before->backup;
  }
  return generation;
}

std::optional<RestoredGeneration> generation_in(const RestoreJournal& journal, std::uint64_t generation) {
  for (const auto& run : journal.runs()) {
    if (generation == 0 || run.number != generation || !run.after) continue;
    auto found = *run.after;
    if (run.ended) found.restored = *run.ended;
    return found;
  }
  return std::nullopt;
}

}  // namespace failover
