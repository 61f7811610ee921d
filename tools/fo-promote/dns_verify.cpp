#include <algorithm>
#include <chrono>
#include <cstddef>
#include <string>
#include <thread>
#include <vector>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <failover/context.hpp>
#include <failover/dns.hpp>
#include <failover/error.hpp>

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

/// Unless -t says otherwise: secondaries follow within seconds, or something is wrong.
constexpr std::chrono::minutes usual_patience{1};
constexpr std::chrono::milliseconds resolver_interval{500};

/// What every server shall give: --to if it is given, else what the primary gives, which then only must be the same
/// everywhere.
Result<ServiceRecord> wanted_record(DnsView& view, const PromoteOptions& options, const ServiceRecord& primary) {
  const auto to = view.to.empty() ? FO_TRY(while_doing("--to", canonical_endpoints(options.to))) : view.to;
  if (to.empty() || is_at(primary, to)) return primary;
  if (!primary.targets.empty()) {
    return fail(ErrorKind::timeout, fmt::format("{} still gives {}, not {}", view.updater->describe(),
                                                fmt::join(endpoints_of(primary), ", "), fmt::join(to, ", ")));
  }
  auto wanted = primary;
  wanted.addresses = to;
  return wanted;
}

Result<void> pause(const Context& context) {
  const auto length = std::min<Duration>(resolver_interval, context.deadline.remaining());
  std::this_thread::sleep_for(length);
  return context.check();
}

/// Resolvers that were asked to decide are waited for until their caches have let go of the old address.
Result<void> await_resolvers(const PromoteOptions& options, const ServiceRecord& wanted, const Context& context) {
  while (!options.resolvers.empty()) {
    std::vector<std::string> behind;
    for (const auto& answer : FO_TRY(ask_resolvers(options.resolvers, options.service, context))) {
      if (!agrees(answer, wanted))
        behind.push_back(fmt::format("resolver {}: {}", answer.server, record_text(answer.record)));
    }
    if (behind.empty()) break;
    if (const auto waited = pause(context); !waited) {
      return fail(waited.error().kind,
                  fmt::format("not every resolver has the new address: {}", fmt::join(behind, "; ")));
    }
  }
  return {};
}

/// One view; what its servers say is shown whether they agree or not.
Result<void> verify(DnsView& view, const PromoteOptions& options, cli::Session& session, const Context& context) {
  const auto primary = FO_TRY(view.updater->current(context));
  session.output.print(fmt::format("{}: {}", view.updater->describe(), record_text(primary)));
  session.output.object("record", record_json(view.updater->describe(), primary));
  const auto wanted = FO_TRY(wanted_record(view, options, primary));
  auto agreed = view.verifier->wait_until(wanted, context);
  if (agreed) agreed = await_resolvers(options, wanted, context);
  // Past the deadline there is a little time left to show who lags.
  const Context showing{Deadline::after(std::chrono::seconds(agreed ? 5 : 0) + std::chrono::milliseconds(90)),
                        context.stop, context.events};
  if (const auto answers = view.verifier->ask_all(showing)) show_answers(*answers, wanted, session);
  if (agreed) FO_TRY(show_resolvers(options.resolvers, options.service, wanted, session));
  return agreed;
}

}  // namespace

Result<cli::Outcome> run_dns_verify(const PromoteOptions& options, cli::Session& session) {
  auto views = FO_TRY(make_views(options));
  const auto context = session.options.timeout ? session.context : session.context.within(usual_patience);
  std::vector<std::string> open;
  auto kind = ErrorKind::timeout;
  for (auto& view : views) {
    const auto agreed = verify(view, options, session, context);
    if (agreed) continue;
    kind = agreed.error().kind;
    open.push_back(agreed.error().message);
  }
  if (!open.empty()) return fail(kind, fmt::format("{}", fmt::join(open, "; ")));
  cli::Outcome outcome;
  outcome.message = options.resolvers.empty() ? "every authoritative server agrees"
                                              : "every authoritative server and every resolver agrees";
  return outcome;
}

}  // namespace failover::promote_tool
