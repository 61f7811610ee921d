#include <algorithm>
#include <cstddef>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <fmt/format.h>
#include <fmt/ranges.h>

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

/// The view's own, else the option's; a view without either has nowhere to go.
Result<std::vector<std::string>> endpoints(const std::vector<std::string>& of_view,
                                           const std::vector<std::string>& given, std::string_view option) {
  if (!of_view.empty()) return of_view;
  if (given.empty()) return fail(ErrorKind::usage, fmt::format("dns set needs {} ADDR", option));
  return while_doing(option, canonical_endpoints(given));
}

Result<std::vector<ViewMove>> plan_moves(const PromoteOptions& options, const std::vector<DnsView>& views) {
  const auto ttl = FO_TRY(whole_seconds(options.ttl));
  std::vector<ViewMove> moves;
  for (const auto& view : views) {
    ViewMove move;
    move.from = FO_TRY(endpoints(view.from, options.from, "--from"));
    move.to = FO_TRY(endpoints(view.to, options.to, "--to"));
    move.ttl = view.ttl.value_or(ttl);
    moves.push_back(std::move(move));
  }
  return moves;
}

/// What the same command without --dry-run would do, and how it would end, as far as can be told.
Result<cli::Outcome> preview(std::vector<DnsView>& views, const std::vector<ViewMove>& moves, cli::Session& session) {
  std::size_t open = 0;
  for (std::size_t i = 0; i < views.size(); ++i) {
    const auto now = FO_TRY(views[i].updater->current(session.context));
    const auto who = views[i].updater->describe();
    session.output.object("record", record_json(who, now));
    if (is_at(now, moves[i].to)) {
      session.output.print(fmt::format("{}: {}, nothing to do", who, record_text(now)));
      continue;
    }
    if (!is_at(now, moves[i].from)) {
      return fail(ErrorKind::refused, fmt::format("{} gives {}, no longer {}; nothing would be changed", who,
                                                  record_text(now), fmt::join(moves[i].from, ", ")));
    }
    FO_TRY(while_doing(who, moved(now, moves[i].from, moves[i].to)));
    FO_TRY(views[i].updater->prove_access(session.context));
    const auto how = views[i].updater->swap() == Swap::atomic ? "compare-and-swap"
                                                              : "checked before and after (no compare-and-swap there)";
    session.output.print(fmt::format("{}: {} -> {}, TTL {} s, {}", who, record_text(now), fmt::join(moves[i].to, ", "),
                                     moves[i].ttl.value_or(now.ttl).count(), how));
    session.output.object("change", change_json(who, moves[i], how));
    ++open;
  }
  cli::Outcome outcome;
  outcome.message = open == 0 ? "nothing to do: every view gives the new address" : "nothing was changed (dry run)";
  return outcome;
}

}  // namespace

Result<cli::Outcome> run_dns_set(const PromoteOptions& options, cli::Session& session) {
  if (options.canary) return run_dns_canary(options, session);
  auto views = FO_TRY(make_views(options));
  const auto moves = FO_TRY(plan_moves(options, views));
  if (session.options.dry_run) return preview(views, moves, session);
  const auto lock = FO_TRY(lock_this_host(session.state_dir));
  const auto result = move_views(views, moves, session.context);
  show_outcomes(result.views, session);
  const auto is_new = [](const ViewOutcome& view) { return view.state == ViewState::new_endpoints; };
  const auto touched = [](const ViewOutcome& view) { return view.moved_now; };
  if (result.failure && std::ranges::any_of(result.views, touched)) {
    return fail(ErrorKind::unfinished,
                fmt::format("{} of {} views are moved: {}; type the same command again",
                            std::ranges::count_if(result.views, is_new), views.size(), who_sees_what(result.views)));
  }
  if (result.failure) return std::unexpected(*result.failure);
  ServiceRecord wanted;
  wanted.addresses = moves.front().to;
  if (!options.resolvers.empty()) {
    const auto now = views.front().updater->current(session.context);
    FO_TRY(show_resolvers(options.resolvers, options.service, now.value_or(wanted), session));
  }
  cli::Outcome outcome;
  outcome.message = std::ranges::none_of(result.views, touched) ? "nothing to do: every view gives the new address"
                                                                : "every authoritative server gives the new address";
  return outcome;
}

}  // namespace failover::promote_tool
