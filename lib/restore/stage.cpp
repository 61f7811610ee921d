#include "restore/stage.hpp"

#include <cstddef>
#include <cstdint>
#include <map>
#include <string_view>
#include <vector>

#include <failover/context.hpp>
#include <failover/error.hpp>

#include "archive/unpack_order.hpp"
#include "restore/backup_choice.hpp"
#include "restore/plan_acts.hpp"
#include "restore/read_back.hpp"
#include "restore/slots.hpp"
#include "state/restore_plan_file.hpp"

namespace failover {

namespace {

bool needs_file(const DraftAct& draft) noexcept {
  return (draft.act.kind == ActKind::replace || draft.act.kind == ActKind::add) && draft.act.link.empty();
}

}  // namespace

Result<void> Stage::fill(const DraftPlan& plan, const Context& context) {
  std::vector<const DraftAct*> fresh;
  for (const auto& draft : plan.acts) {
    // Every mount of the plan gets its slots now: removals need one too, after the commit.
    FO_TRY(slots_.make(draft.act.mount));
    if (!needs_file(draft)) continue;
    const auto found = staged_.find(draft.act.n);
    if (found == staged_.end() || found->second != draft.act.mount) fresh.push_back(&draft);
  }
  if (fresh.empty()) return {};
  FO_TRY(while_doing("staging", unpack(fresh, context)));
  FO_TRY(slots_.sync());
  FO_TRY(read_back(fresh, context));
  for (const auto* draft : fresh) staged_[draft->act.n] = draft->act.mount;
  return {};
}

Result<void> Stage::unpack(const std::vector<const DraftAct*>& fresh, const Context& context) const {
  UnpackOrder order{
      .name = "stage", .archive = backup_.file.get(), .listing = backup_.listing, .password = backup_.key()};
  std::map<std::string_view, std::uint32_t> folders;
  for (const auto* draft : fresh) {
    const auto [found, first] = folders.emplace(draft->act.mount, static_cast<std::uint32_t>(order.folders.size()));
    if (first) order.folders.push_back(slots_.at(draft->act.mount));
    const auto& entry = backup_.listing.entries[static_cast<std::size_t>(draft->act.n)];
    order.tasks.push_back({&entry, found->second, draft->act.n});
  }
  return unpack_entries(order, context);
}

Result<void> Stage::read_back(const std::vector<const DraftAct*>& fresh, const Context& context) const {
  std::vector<WrittenFile> files;
  files.reserve(fresh.size());
  for (const auto* draft : fresh) {
    const auto& entry = backup_.listing.entries[static_cast<std::size_t>(draft->act.n)];
    files.push_back({slots_.at(draft->act.mount), draft->act.n, entry.size, entry.crc, draft->act.path});
  }
  return read_back_files(files, context);
}

}  // namespace failover
