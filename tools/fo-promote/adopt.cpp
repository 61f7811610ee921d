#include "fo-promote/adopt.hpp"

#include <fmt/format.h>

#include <failover/error.hpp>
#include <failover/role.hpp>

#include "cli/output.hpp"
#include "cli/session.hpp"
#include "cli/terminal.hpp"
#include "cli/tool.hpp"
#include "fo-promote/assembly.hpp"
#include "fo-promote/options.hpp"
#include "fo-promote/run.hpp"

namespace failover::promote_tool {

namespace {

Result<void> ask_name(const std::string& service, const cli::Session& session) {
  const auto question =
      fmt::format("To write down that this host is the active one, type the service's name ({}): ", service);
  const auto answer = FO_TRY(cli::ask(question, session.context));
  if (answer == service) return {};
  return fail(ErrorKind::refused, fmt::format("'{}' is not {}; nothing was written", answer, service));
}

}  // namespace

Result<cli::Outcome> run_adopt(const PromoteOptions& options, cli::Session& session) {
  const bool attended = is_attended(options);
  auto assembly = FO_TRY(assemble(options, session, attended));
  auto parts = assembly.parts();
  if (session.options.dry_run) {
    const auto would_be = FO_TRY(adoption_epoch(assembly.settings, parts, session.context));
    session.output.print(fmt::format("{} would become the active host of {} with epoch {}, written down by {}",
                                     assembly.settings.node, options.service, would_be, parts.arbiter.describe()));
    return cli::Outcome{};
  }
  if (attended) {
    FO_TRY(ask_name(options.service, session));
  } else {
    FO_TRY(check_confirmation(options, assembly.settings));
  }
  const auto epoch = FO_TRY(adopt_service(assembly.settings, parts, session.context));
  cli::Outcome outcome;
  outcome.message =
      fmt::format("{} is the active host of {}, epoch {}", assembly.settings.node, options.service, epoch);
  return outcome;
}

}  // namespace failover::promote_tool
