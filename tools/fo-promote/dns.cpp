#include "fo-promote/dns.hpp"

#include <cstddef>
#include <expected>
#include <optional>
#include <string>
#include <vector>

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <nlohmann/json.hpp>

#include <failover/context.hpp>
#include <failover/dns.hpp>
#include <failover/error.hpp>
#include <failover/promoter.hpp>

#include "cli/exit_status.hpp"
#include "cli/output.hpp"
#include "cli/session.hpp"
#include "cli/tool.hpp"
#include "fo-promote/assembly.hpp"
#include "fo-promote/json.hpp"
#include "fo-promote/options.hpp"

namespace failover::promote_tool {

namespace {

std::string record_text(const Result<ServiceRecord>& record) {
  if (!record) return record.error().message;
  auto text = record->addresses.empty()
                  ? std::string("no address")
                  : fmt::format("{} (TTL {} s)", fmt::join(record->addresses, ", "), record->ttl.count());
  const auto& mark = record->mark;
  if (mark) text += fmt::format(", epoch {} of {}", mark->epoch, mark->node);
  return text;
}

/// One view on stdout. @return whether every server says what the primary says
Result<bool> show(DnsView& view, cli::Session& session) {
  const auto primary = FO_TRY(view.updater->current(session.context));
  session.output.print(fmt::format("{}: {}", view.updater->describe(), record_text(primary)));
  session.output.object("record", record_json(view.updater->describe(), primary));
  bool same = true;
  for (const auto& answer : FO_TRY(view.verifier->ask_all(session.context))) {
    session.output.print(fmt::format("  {}: {}", answer.server, record_text(answer.record)));
    session.output.object("answer", record_json(answer.server, answer.record));
    same = same && answer.record && same_content(*answer.record, primary);
  }
  return same;
}

Result<std::vector<std::string>> addresses(const std::vector<std::string>& given, std::string_view option) {
  if (given.empty()) return fail(ErrorKind::usage, fmt::format("dns set needs {} ADDR", option));
  return while_doing(option, canonical_addresses(given));
}

}  // namespace

Result<cli::Outcome> run_dns_show(const PromoteOptions& options, cli::Session& session) {
  auto views = FO_TRY(make_views(options));
  bool same = true;
  for (auto& view : views) same = FO_TRY(show(view, session)) && same;
  cli::Outcome outcome;
  outcome.status = same ? cli::status_done : cli::status_warning;
  if (!same) outcome.message = "not every authoritative server says what the primary says";
  return outcome;
}

Result<cli::Outcome> run_dns_set(const PromoteOptions& options, cli::Session& session) {
  auto views = FO_TRY(make_views(options));
  const auto from = FO_TRY(addresses(options.from, "--from"));
  const auto to = FO_TRY(addresses(options.to, "--to"));
  const auto ttl = FO_TRY(whole_seconds(options.ttl));
  if (session.options.dry_run) {
    for (auto& view : views) {
      const auto now = FO_TRY(view.updater->current(session.context));
      const bool checked = view.updater->swap() == Swap::checked;
      const auto seconds = view.ttl.value_or(ttl).count();
      session.output.print(
          fmt::format("{}: {} -> {}, TTL {} s, {}", view.updater->describe(), record_text(now), fmt::join(to, ", "),
                      seconds, checked ? "checked before and after (no compare-and-swap there)" : "compare-and-swap"));
      session.output.object("planned", nlohmann::json{{"view", view.updater->describe()},
                                                      {"to", to},
                                                      {"ttl", seconds},
                                                      {"swap", checked ? "checked" : "compare-and-swap"}}
                                           .dump());
    }
    return cli::Outcome{};
  }
  const auto lock = FO_TRY(lock_this_host(session.state_dir));
  std::size_t moved = 0;
  std::optional<Error> failure;
  for (auto& view : views) {
    const auto result = move_addresses(view, view.from.empty() ? from : view.from, view.to.empty() ? to : view.to,
                                       view.ttl.value_or(ttl), session.context);
    if (!result) {
      if (!failure) failure = result.error();
      session.output.note(Level::warning, result.error().message);
      continue;
    }
    if (*result) ++moved;
    session.output.print(fmt::format("{}: {}{}", view.updater->describe(), fmt::join(to, ", "),
                                     *result ? "" : " (it was there already)"));
  }
  if (failure && moved > 0) {
    return fail(ErrorKind::unfinished, fmt::format("{} of {} views were moved: {}; type the same command again", moved,
                                                   views.size(), failure->message));
  }
  if (failure) return std::unexpected(*failure);
  cli::Outcome outcome;
  outcome.message = moved == 0 ? "nothing to do: every view gives the new address"
                               : "every authoritative server gives the new address";
  return outcome;
}

}  // namespace failover::promote_tool
