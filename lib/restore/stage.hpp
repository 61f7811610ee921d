#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include <failover/context.hpp>
#include <failover/error.hpp>

#include "restore/backup_choice.hpp"
#include "restore/plan_acts.hpp"
#include "restore/slots.hpp"

namespace failover {

/// Unpacks the files that a plan needs into their slots, mode 0600. Services may still run: nothing live is touched.
class Stage {
 public:
  Stage(const OpenBackup& backup, Slots& slots) noexcept : backup_(backup), slots_(slots) {}

  /// Stages what this plan needs and is not staged yet, flushes it and reads it back against its CRC-32.
  Result<void> fill(const DraftPlan& plan, const Context& context);

 private:
  [[nodiscard]] Result<void> unpack(const std::vector<const DraftAct*>& fresh, const Context& context) const;
  [[nodiscard]] Result<void> read_back(const std::vector<const DraftAct*>& fresh, const Context& context) const;

  const OpenBackup& backup_;
  Slots& slots_;
  std::map<std::uint64_t, std::string> staged_;  ///< slot -> its mount
};

}  // namespace failover
