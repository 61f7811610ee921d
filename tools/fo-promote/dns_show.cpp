#include <algorithm>
#include <chrono>
#include <cstddef>
#include <string>

#include <fmt/format.h>

#include <failover/dns.hpp>
#include <failover/error.hpp>

#include "cli/exit_status.hpp"
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

struct Shown {
  std::size_t differing = 0;
  std::chrono::seconds ttl{};
};

Result<Shown> show(DnsView& view, const PromoteOptions& options, cli::Session& session) {
  const auto primary = FO_TRY(view.updater->current(session.context));
  session.output.print(fmt::format("{}: {}", view.updater->describe(), record_text(primary)));
  session.output.object("record", record_json(view.updater->describe(), primary));
  Shown shown{0, primary.ttl};
  const auto answers = FO_TRY(view.verifier->ask_all(session.context));
  shown.differing = show_answers(answers, primary, session);
  for (const auto& answer : answers) {
    if (answer.record) shown.ttl = std::max(shown.ttl, answer.record->ttl);
  }
  FO_TRY(show_resolvers(options.resolvers, options.service, primary, session));
  return shown;
}

}  // namespace

Result<cli::Outcome> run_dns_show(const PromoteOptions& options, cli::Session& session) {
  auto views = FO_TRY(make_views(options));
  const auto bearable = std::chrono::floor<std::chrono::seconds>(options.max_ttl);
  std::size_t differing = 0;
  std::chrono::seconds ttl{0};
  for (auto& view : views) {
    const auto shown = FO_TRY(show(view, options, session));
    differing += shown.differing;
    ttl = std::max(ttl, shown.ttl);
  }
  cli::Outcome outcome;
  if (ttl > bearable) {
    outcome.message = fmt::format(
        "callers may keep the old address for {} s after a failover, more than {} s; lower it with: fo-promote dns "
        "set-ttl",
        ttl.count(), bearable.count());
  }
  if (differing > 0) {
    outcome.message =
        fmt::format("{} authoritative server{} not say what the primary says{}{}", differing,
                    differing == 1 ? " does" : "s do", outcome.message.empty() ? "" : "; ", outcome.message);
  }
  if (!outcome.message.empty()) outcome.status = cli::status_warning;
  return outcome;
}

}  // namespace failover::promote_tool
