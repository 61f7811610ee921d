#include <chrono>
#include <string>
#include <vector>

#include <fmt/format.h>

#include <failover/context.hpp>
#include <failover/dns.hpp>
#include <failover/error.hpp>
#include <failover/promoter.hpp>

#include "cli/output.hpp"
#include "cli/session.hpp"
#include "cli/tool.hpp"
#include "fo-promote/assembly.hpp"
#include "fo-promote/dns.hpp"
#include "fo-promote/dns_render.hpp"
#include "fo-promote/json.hpp"
#include "fo-promote/options.hpp"

namespace failover::promote_tool {

namespace {

double seconds(Duration duration) {
  return std::chrono::duration<double>(duration).count();
}

/// The same views for the canary's names: same zones, servers and credentials.
PromoteOptions for_canary(PromoteOptions options) {
  const auto epoch_record = options.epoch_record;
  options.service = "failover-canary." + options.service;
  options.epoch_record = epoch_record.empty() ? "_failover." + options.service : "_failover-canary." + epoch_record;
  return options;
}

}  // namespace

Result<cli::Outcome> run_dns_canary(const PromoteOptions& given, cli::Session& session) {
  if (given.service.empty()) return fail(ErrorKind::usage, "which service? Add --service FQDN");
  const auto options = for_canary(given);
  auto views = FO_TRY(make_views(options));
  const auto ttl = FO_TRY(whole_seconds(options.ttl));
  const auto lock = FO_TRY(lock_this_host(session.state_dir));
  for (auto& view : views) {
    if (session.options.dry_run) {
      const auto now = FO_TRY(view.updater->current(session.context));
      FO_TRY(view.updater->prove_access(session.context));
      session.output.print(fmt::format("{}: {}: {} -> {} -> {}", view.updater->describe(), options.service,
                                       record_text(now), canary_away, canary_home));
      session.output.object("record", record_json(view.updater->describe(), now));
      continue;
    }
    const auto flight = FO_TRY(fly_canary(view, view.ttl.value_or(ttl), session.context));
    session.output.print(
        fmt::format("{}: {} moved and back; every authoritative server followed in {:.3f} s and {:.3f} s",
                    view.updater->describe(), options.service, seconds(flight.there), seconds(flight.back)));
    session.output.object("canary", canary_json(view.updater->describe(), options.service, flight));
  }
  cli::Outcome outcome;
  outcome.message = session.options.dry_run ? "nothing was changed (dry run)"
                                            : "the canary flew in every view: what moves the service's name works";
  return outcome;
}

}  // namespace failover::promote_tool
