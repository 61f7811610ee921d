#pragma once

#include <string>
#include <vector>

#include <failover/context.hpp>
#include <failover/error.hpp>
#include <failover/restorer.hpp>

#include "restore/handover_folder.hpp"
#include "state/restore_journal.hpp"
#include "state/state_dir.hpp"

namespace failover {

/// What a PROGRAM asks for must be there before anything is stopped: kind usage for a placeholder that nothing fills or
/// a pattern that is none, refused for a password in argv that nobody allowed.
Result<void> check_program(const std::vector<std::string>& program, const HandOver& hand_over);

/// Runs the PROGRAM of the open run to its end, its words in its log. It has done its work when its exit status is 0
/// and a line fits what is expected, if anything is. A signal does not reach into it: half a restore helps nobody. The
/// deadline does (property bounded), and ends all of its process group.
Result<void> run_program(const StateDir& state, RestoreJournal& journal, const HandoverFolder& folder,
                         const Context& context);

/// kind locked while the PROGRAM of an interrupted run, or a process that it left in its group, is still at work: a
/// second one beside it would destroy what it does.
Result<void> check_program_has_ended(const RestoreRun& run);

/// The sentence for a person when a password was in the argument list; empty if none was.
std::string password_warning(const RestoreRun& run);

}  // namespace failover
