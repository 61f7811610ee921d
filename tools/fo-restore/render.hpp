#pragma once

#include <vector>

#include <failover/restorer.hpp>

#include "cli/output.hpp"
#include "cli/tool.hpp"

namespace failover::cli {

Outcome render(const VerifiedBackup& backup, Output& output);
Outcome render(const BackupContents& contents, Output& output);
Outcome render(const RestorePlan& plan, Output& output);
Outcome render(const RestoreReport& report, bool rolled_back);
Outcome render(Recovered recovered);
Outcome render(const UndoCopied& copied);
Outcome render_dropped(bool anything);
Outcome render(const RestoreStatus& status, Output& output);
Outcome render(const std::vector<RestoreHistoryEntry>& history, Output& output);

}  // namespace failover::cli
