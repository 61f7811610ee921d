#include <chrono>
#include <cstddef>
#include <string>
#include <vector>

#include <fmt/chrono.h>
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

Result<cli::Outcome> preview(std::vector<DnsView>& views, std::chrono::seconds ttl, cli::Session& session) {
  for (auto& view : views) {
    const auto now = FO_TRY(view.updater->current(session.context));
    session.output.object("record", record_json(view.updater->describe(), now));
    session.output.print(
        fmt::format("{}: {} -> TTL {} s", view.updater->describe(), record_text(now), view.ttl.value_or(ttl).count()));
  }
  cli::Outcome outcome;
  outcome.message = "nothing was changed (dry run)";
  return outcome;
}

}  // namespace

Result<cli::Outcome> run_dns_set_ttl(const PromoteOptions& options, cli::Session& session) {
  auto views = FO_TRY(make_views(options));
  const auto ttl = FO_TRY(whole_seconds(options.ttl));
  if (session.options.dry_run) return preview(views, ttl, session);
  const auto lock = FO_TRY(lock_this_host(session.state_dir));
  std::size_t changed = 0;
  for (auto& view : views) {
    const auto wanted = view.ttl.value_or(ttl);
    const auto done = set_view_ttl(view, wanted, session.context);
    if (!done && changed > 0) {
      return fail(ErrorKind::unfinished, fmt::format("{} of {} views have the new TTL: {}; type the same command again",
                                                     changed, views.size(), done.error().message));
    }
    if (!done) return std::unexpected(done.error());
    if (done->moved_now) ++changed;
    session.output.object("ttl", ttl_json(*done, wanted));
    session.output.print(fmt::format("{}: TTL {} s{}", done->description, wanted.count(),
                                     done->moved_now ? "" : " (it was that already)"));
    if (const auto until = done->caches_expire) {
      session.output.print(
          fmt::format("  caches may keep the old one until {:%Y-%m-%d %H:%M:%S} UTC: switch over after that",
                      std::chrono::floor<std::chrono::seconds>(*until)));
    }
  }
  cli::Outcome outcome;
  outcome.message =
      changed == 0 ? "nothing to do: every view has that TTL" : "every authoritative server has the new TTL";
  return outcome;
}

}  // namespace failover::promote_tool
