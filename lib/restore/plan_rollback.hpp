#pragma once

#include <cstdint>
#include <map>
#include <set>
#include <string>

#include <failover/error.hpp>

#include "core/file_identity.hpp"
#include "restore/plan_acts.hpp"
#include "restore/survey.hpp"
#include "state/restore_plan_file.hpp"

namespace failover {

/// Pure: the acts that take back an applied plan, from what is there now. The old files lie in the same slots. What
/// the PBX has done to a file since does not matter: the file as it is now goes into the slot.
/// @param slots what lies in the slots of the applied plan
Result<DraftPlan> plan_rollback(const RestorePlanFile& applied, const Survey& survey,
                                const std::map<std::uint64_t, FileFacts>& slots);

std::vector<std::string> paths_to_survey(const RestorePlanFile& applied);

}  // namespace failover
