#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include <failover/context.hpp>
#include <failover/error.hpp>

#include "archive/archive_entry.hpp"
#include "archive/entry_reader.hpp"
#include "restore/plan_acts.hpp"
#include "restore/slots.hpp"

namespace failover {

/// Unpacks the files that a plan needs into their slots, mode 0600. Services may still run: nothing live is touched.
class Stage {
 public:
  Stage(int archive, const std::vector<ArchiveEntry>& entries, Slots& slots) noexcept
      : archive_(archive), entries_(entries), slots_(slots) {}

  /// Stages what this plan needs and is not staged yet, flushes it and reads it back from the disk against its CRC-32.
  Result<void> fill(const DraftPlan& plan, const Context& context);

 private:
  Result<void> unpack(const DraftAct& draft, const Context& context);
  [[nodiscard]] Result<void> read_back(const DraftAct& draft, const Context& context) const;

  int archive_;
  const std::vector<ArchiveEntry>& entries_;
  Slots& slots_;
  EntryReader reader_;
  std::map<std::uint64_t, std::string> staged_;  ///< slot -> its mount
};

}  // namespace failover
