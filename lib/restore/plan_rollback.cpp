#include "restore/plan_rollback.hpp"

#include <algorithm>
#include <cstdint>
#include <map>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include <failover/error.hpp>

#include "core/file_identity.hpp"
#include "restore/plan_acts.hpp"
#include "restore/survey.hpp"
#include "state/restore_plan_file.hpp"

namespace failover {

namespace {

class Planner {
 public:
  Planner(const RestorePlanFile& applied, const Survey& survey, const std::map<std::uint64_t, FileFacts>& slots)
      : applied_(applied), survey_(survey), slots_(slots) {
    for (const auto& act : applied.acts) {
      next_slot_ = std::max(next_slot_, act.n + 1);
      paths_.insert(act.path);
    }
  }

  Result<DraftPlan> make() {
    for (const auto& act : applied_.acts) FO_TRY(take_back(act));
    put_in_order(plan_.acts);
    return std::move(plan_);
  }

 private:
  void add(ActKind kind, const RestoreAct& act, std::uint64_t size, std::string reason) {
    DraftAct draft{act, size, std::move(reason)};
    draft.act.kind = kind;
    draft.act.new_file.reset();
    draft.act.old_file.reset();
    draft.act.link.clear();
    plan_.acts.push_back(std::move(draft));
  }

  Result<void> take_back(const RestoreAct& act) {
    const auto* live = survey_.find(act.path);
    switch (act.kind) {
      case ActKind::replace:
      case ActKind::remove:
        return bring_back(act, live);
      case ActKind::add:
        if (live == nullptr) return {};
        FO_TRY(check_movable(act.path, *live, true));
        add(ActKind::remove, act, live->facts.identity.size, "was not there before");
        take_logs(act.path);
        return {};
      case ActKind::make_directory:
        if (live != nullptr && live->facts.kind == FileKind::directory) {
          add(ActKind::remove_directory, act, 0, "was not there before");
        }
        return {};
      case ActKind::remove_directory:
        if (live == nullptr) add(ActKind::make_directory, act, 0, "was there before");
        return {};
    }
    return {};
  }

  Result<void> bring_back(const RestoreAct& act, const LivePath* live) {
    const auto slot = slots_.find(act.n);
    if (slot == slots_.end() || (slot->second.kind != FileKind::file && slot->second.kind != FileKind::symlink)) {
      return fail(ErrorKind::not_found, "the undo copy of " + act.path + " is gone; restore an older backup instead");
    }
    const auto size = slot->second.identity.size;
    // A directory that the restore made where this file was goes first; put_in_order sees to it.
    const bool our_directory = live != nullptr && live->facts.kind == FileKind::directory && made_by_us(act.path);
    if (live == nullptr || our_directory) {
      add(ActKind::add, act, size, "as it was before");
    } else {
      FO_TRY(check_movable(act.path, *live, true));
      add(ActKind::replace, act, size, "as it was before");
    }
    take_logs(act.path);
    return {};
  }

  [[nodiscard]] bool made_by_us(const std::string& path) const {
    return std::ranges::any_of(
        applied_.acts, [&](const RestoreAct& act) { return act.kind == ActKind::make_directory && act.path == path; });
  }

  void take_logs(const std::string& path) {
    for (auto& log : remove_logs_of(path, survey_, next_slot_)) {
      if (!paths_.contains(log.act.path)) plan_.acts.push_back(std::move(log));
    }
  }

  const RestorePlanFile& applied_;
  const Survey& survey_;
  const std::map<std::uint64_t, FileFacts>& slots_;
  std::set<std::string> paths_;
  std::uint64_t next_slot_ = 0;
  DraftPlan plan_;
};

}  // namespace

Result<DraftPlan> plan_rollback(const RestorePlanFile& applied, const Survey& survey,
                                const std::map<std::uint64_t, FileFacts>& slots) {
  return Planner(applied, survey, slots).make();
}

std::vector<std::string> paths_to_survey(const RestorePlanFile& applied) {
  std::vector<std::string> paths;
  paths.reserve(applied.acts.size());
  for (const auto& act : applied.acts) paths.push_back(act.path);
  return paths;
}

}  // namespace failover
