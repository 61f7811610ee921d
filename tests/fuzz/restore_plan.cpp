#include <algorithm>
#include <cstddef>
#include <cstdint>

#include "fuzz/must.hpp"
#include "fuzz/target.hpp"
#include "state/restore_plan_file.hpp"
#include "state/state_dir.hpp"
#include "support/temporary_directory.hpp"

using failover::RestoreAct;
using failover::test::must;

namespace {

bool same(const RestoreAct& a, const RestoreAct& b) {
  const bool directory = a.kind == failover::ActKind::make_directory || a.kind == failover::ActKind::remove_directory;
  return a.n == b.n && a.kind == b.kind && a.mount == b.mount && a.path == b.path && a.new_file == b.new_file &&
         a.old_file == b.old_file && a.link == b.link &&
         (!directory || (a.mode == b.mode && a.uid == b.uid && a.gid == b.gid));
}

}  // namespace

/// A plan is believed by a recovery: what is read is exactly what could have been written.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static const failover::test::TemporaryDirectory folder;
  static const auto state = *failover::StateDir::open(folder.path() / "state");
  const auto text = failover::test::as_text(data, size);
  const auto plan = failover::parse_restore_plan(text, "plan");
  if (!plan) return 0;
  must(failover::write_restore_plan(state, *plan).has_value(), "a plan that was read can be written");
  const auto again = failover::read_restore_plan(state, plan->run);
  must(again.has_value() && again->slots == plan->slots && again->roots == plan->roots, "and is read again");
  must(std::ranges::equal(again->acts, plan->acts, same), "with the same acts");
  must(failover::remove_restore_plan(state, plan->run).has_value(), "and removed");

  const auto torn = failover::parse_restore_plan(text.substr(0, text.size() / 2), "plan");
  must(!torn || torn->acts.size() == plan->acts.size() || plan->acts.empty(), "half a plan is none");
  return 0;
}
