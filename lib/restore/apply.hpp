#pragma once

#include <cstdint>
#include <string>

#include <failover/context.hpp>
#include <failover/error.hpp>

#include "core/fd.hpp"
#include "core/file_identity.hpp"
#include "restore/act_step.hpp"
#include "restore/live_tree.hpp"
#include "restore/slots.hpp"
#include "state/restore_plan_file.hpp"

namespace failover {

/// Does the acts of a plan that are not done yet, in order, or takes them back in the opposite order. May be
/// interrupted anywhere and started again. Kind conflict names the first path that somebody else has changed; nothing
/// after it was touched.
class Applier {
 public:
  Applier(const LiveTree& tree, const Slots& slots) noexcept : tree_(tree), slots_(slots) {}

  Result<void> run(const RestorePlanFile& plan, Direction direction, const Context& context);
  /// Looks whether every act is done, and changes nothing.
  Result<void> confirm(const RestorePlanFile& plan, Direction direction);

 private:
  Result<ActStep> look(const RestoreAct& act, Direction direction);
  Result<void> act_on(const RestoreAct& act, ActStep step);
  Result<void> make_directory(const RestoreAct& act);
  Result<void> open_parent(const std::string& path);

  const LiveTree& tree_;
  const Slots& slots_;
  Fd parent_;
  std::string parent_path_;
};

}  // namespace failover
