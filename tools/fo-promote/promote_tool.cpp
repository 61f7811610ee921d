#include "fo-promote/promote_tool.hpp"

#include <algorithm>

#include <CLI/CLI.hpp>

#include <failover/error.hpp>

#include "cli/plugin_line.hpp"
#include "cli/session.hpp"
#include "cli/tool.hpp"
#include "fo-promote/adopt.hpp"
#include "fo-promote/demote.hpp"
#include "fo-promote/dns.hpp"
#include "fo-promote/dns_notes.hpp"
#include "fo-promote/drill.hpp"
#include "fo-promote/guard.hpp"
#include "fo-promote/init/init.hpp"
#include "fo-promote/options.hpp"
#include "fo-promote/pause.hpp"
#include "fo-promote/plan.hpp"
#include "fo-promote/ready.hpp"
#include "fo-promote/rejoin.hpp"
#include "fo-promote/run.hpp"
#include "fo-promote/serve_fence.hpp"
#include "fo-promote/states.hpp"
#include "fo-promote/status.hpp"

namespace failover::promote_tool {

void PromoteTool::declare(CLI::App& app) {
  declare_promote_options(app, options_);
}

Result<cli::Outcome> PromoteTool::run(cli::Session& session) {
  FO_TRY(settle_confirmation(options_));
  if (!options_.print_states.empty()) return print_states(options_, session);
  switch (options_.verb) {
    case Verb::status:
      return run_status(options_, session);
    case Verb::plan:
      return run_plan(options_, session);
    case Verb::run:
    case Verb::resume:
      return run_promotion(options_, session, touched_status_);
    case Verb::abort:
      return run_abort(options_, session);
    case Verb::adopt:
      return run_adopt(options_, session);
    case Verb::demote:
      return run_demote(options_, session, touched_status_);
    case Verb::rejoin:
      return run_rejoin(options_, session);
    case Verb::give_back:
      return run_give_back(options_, session, touched_status_);
    case Verb::guard:
      return run_guard(options_, session);
    case Verb::init:
      return run_init(options_, session);
    case Verb::ready:
      return run_ready(options_, session);
    case Verb::drill:
      return run_drill(options_, session);
    case Verb::serve_fence:
      return run_serve_fence(options_, session);
    case Verb::pause:
      return run_pause(options_, session);
    case Verb::dns_show:
      return with_notes(session, [&] { return run_dns_show(options_, session); });
    case Verb::dns_set:
      return with_notes(session, [&] { return run_dns_set(options_, session); });
    case Verb::dns_verify:
      return with_notes(session, [&] { return run_dns_verify(options_, session); });
    case Verb::dns_set_ttl:
      return with_notes(session, [&] { return run_dns_set_ttl(options_, session); });
  }
  return fail(ErrorKind::internal, "a verb without a deed");
}

int PromoteTool::status_of(const Error& error, int signal_number) const noexcept {
  // A command line that could not be read has not come to its verb.
  const bool plugin =
      options_.verb == Verb::ready || std::ranges::find(options_.command_line, "ready") != options_.command_line.end();
  if (plugin) return cli::plugin_unknown;
  return touched_status_ != 0 ? touched_status_ : Tool::status_of(error, signal_number);
}

}  // namespace failover::promote_tool
