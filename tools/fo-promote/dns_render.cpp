#include "fo-promote/dns_render.hpp"

#include <chrono>
#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include <fmt/chrono.h>
#include <fmt/format.h>
#include <fmt/ranges.h>

#include <failover/context.hpp>
#include <failover/dns.hpp>
#include <failover/error.hpp>
#include <failover/promoter.hpp>

#include "cli/output.hpp"
#include "cli/session.hpp"
#include "fo-promote/json.hpp"

namespace failover::promote_tool {

namespace {

std::string target_text(const ServiceTarget& target) {
  const auto& srv = target.srv;
  if (!srv) return "alias for " + target.host;
  return fmt::format("SRV {} {} {} {}", srv->priority, srv->weight, srv->port, target.host);
}

std::string time_text(WallTime time) {
  return fmt::format("{:%Y-%m-%d %H:%M:%S} UTC", std::chrono::floor<std::chrono::seconds>(time));
}

std::string_view verdict(ViewState state) {
  switch (state) {
    case ViewState::old_endpoints:
      return "still old";
    case ViewState::new_endpoints:
      return "new at every authoritative server";
    case ViewState::mixed:
      return "new at the primary, but not at every server";
    case ViewState::unknown:
      return "not known";
  }
  return "not known";
}

}  // namespace

std::string record_text(const Result<ServiceRecord>& record) {
  if (!record) return record.error().message;
  std::string text = "no address";
  if (!record->addresses.empty()) text = fmt::format("{}", fmt::join(record->addresses, ", "));
  if (!record->targets.empty()) {
    std::vector<std::string> targets;
    for (const auto& target : record->targets) targets.push_back(target_text(target));
    text = fmt::format("{}", fmt::join(targets, ", "));
  }
  if (!endpoints_of(*record).empty()) text += fmt::format(" (TTL {} s)", record->ttl.count());
  const auto& mark = record->mark;
  if (mark) text += fmt::format(", epoch {} of {}", mark->epoch, mark->node);
  return text;
}

std::size_t show_answers(const std::vector<ServerAnswer>& answers, const ServiceRecord& wanted, cli::Session& session) {
  std::size_t differing = 0;
  for (const auto& answer : answers) {
    const bool same = agrees(answer, wanted);
    differing += same ? 0 : 1;
    session.output.print(
        fmt::format("  {:7} {}: {}", same ? "ok" : "DIFFERS", answer.server, record_text(answer.record)));
    session.output.object("answer", answer_json(answer, same));
  }
  return differing;
}

Result<void> show_resolvers(const std::vector<std::string>& resolvers, const std::string& service,
                            const ServiceRecord& wanted, cli::Session& session) {
  if (resolvers.empty()) return {};
  for (const auto& answer : FO_TRY(ask_resolvers(resolvers, service, session.context))) {
    const bool same = agrees(answer, wanted);
    auto text = record_text(answer.record);
    if (answer.record && !same) text += fmt::format("; asks anew in {} s", answer.record->ttl.count());
    session.output.print(fmt::format("  {:7} resolver {}: {}", same ? "ok" : "cached", answer.server, text));
    session.output.object("resolver", answer_json(answer, same));
  }
  return {};
}

void show_outcomes(const std::vector<ViewOutcome>& views, cli::Session& session) {
  for (const auto& view : views) {
    auto line = fmt::format("{}: {}", view.description, verdict(view.state));
    if (view.state == ViewState::new_endpoints && !view.moved_now) line += " (it was there already)";
    if (!view.detail.empty()) line += "; " + view.detail;
    session.output.print(line);
    if (view.caches_expire) {
      session.output.print("  the last caches of the old address expire at " + time_text(*view.caches_expire));
    }
    session.output.object("view", view_json(view));
  }
}

}  // namespace failover::promote_tool
