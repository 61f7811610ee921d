#include "fo-promote/guard.hpp"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <failover/context.hpp>
#include <failover/error.hpp>
#include <failover/role.hpp>

#include "cli/output.hpp"
#include "cli/session.hpp"
#include "cli/tool.hpp"
#include "fo-promote/assembly.hpp"
#include "fo-promote/options.hpp"

namespace failover::promote_tool {

Result<cli::Outcome> run_guard(const PromoteOptions& options, cli::Session& session) {
  const auto assembly = FO_TRY(assemble_for_guard(options, session));
  const auto answer = guard_start(assembly.settings, *assembly.arbiter, options.run_dir, session.context);
  session.output.object("guard", nlohmann::json{{"allowed", answer.allowed}, {"reason", answer.reason}}.dump());
  if (!answer.allowed) {
    return fail(ErrorKind::refused, fmt::format("{} may not start here: {}; what this host is says: fo-promote status",
                                                options.service, answer.reason));
  }
  session.output.note(Level::info, answer.reason);
  return cli::Outcome{};
}

}  // namespace failover::promote_tool
