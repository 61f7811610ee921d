#include "promote/dns_move.hpp"

#include <chrono>
#include <cstddef>
#include <expected>
#include <optional>
#include <string>
#include <vector>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <failover/context.hpp>
#include <failover/dns.hpp>
#include <failover/error.hpp>
#include <failover/promoter.hpp>

#include "core/clock.hpp"
#include "core/pause.hpp"
#include "promote/dns_case.hpp"
#include "promote/objections.hpp"
#include "promote/work.hpp"

namespace failover {

namespace {

constexpr int attempts = 5;
constexpr Duration attempt_interval = std::chrono::milliseconds(500);
/// How long secondaries may take to follow their primary.
constexpr Duration settle_limit = std::chrono::minutes(1);

bool may_pass(const Error& error) noexcept {
  return error.kind == ErrorKind::timeout || error.kind == ErrorKind::unreachable;
}

/// A failed swap that is worth another look: somebody else was faster, or nobody answered.
bool worth_a_retry(const Error& error) noexcept {
  return error.kind == ErrorKind::conflict || may_pass(error);
}

std::unexpected<Error> superseded(const DnsView& view, const ServiceRecord& current) {
  const auto winner = current.mark.value_or(EpochMark{});
  return fail(ErrorKind::conflict, fmt::format("superseded: {} carries epoch {} of {}", view.updater->describe(),
                                               winner.epoch, winner.node));
}

std::unexpected<Error> foreign(const DnsView& view, const ServiceRecord& current) {
  return fail(ErrorKind::unfinished,
              fmt::format("{} gives {}, neither the old nor the new address; a person must decide",
                          view.updater->describe(), listed_addresses(current.addresses)));
}

/// Who has won, for the report.
std::string marked_node(DnsView& view, const Context& context) {
  const auto current = view.updater->current(context);
  return current ? current->mark.value_or(EpochMark{0, "unknown", {}}).node : "unknown";
}

/// A view that is as it shall be.
struct Settled {
  ServiceRecord record;
  bool changed = false;  ///< by us, just now
};

/// One look and, if the table says so, one swap. None = look again.
Result<std::optional<Settled>> one_attempt(DnsView& view, const ViewFacts& facts, const EpochMark& mark,
                                           const Context& context) {
  const auto current = FO_TRY(view.updater->current(context));
  switch (dns_case(current, facts.from, facts.to, mark.epoch, mark.node)) {
    case DnsCase::superseded:
      return superseded(view, current);
    case DnsCase::foreign:
      return foreign(view, current);
    case DnsCase::done:
      return Settled{current, false};
    case DnsCase::update:
      break;
  }
  const ServiceRecord wanted{facts.to, facts.ttl, mark};
  const auto replaced = view.updater->replace(current, wanted, context);
  if (replaced) return Settled{wanted, true};
  if (worth_a_retry(replaced.error())) return std::nullopt;
  // Some servers apply an update whose signed answer does not verify: what the server holds decides, not what it said.
  const auto after = view.updater->current(context);
  if (after && same_content(*after, wanted)) return Settled{wanted, true};
  return std::unexpected(replaced.error());
}

}  // namespace

Result<bool> move_view(DnsView& view, const ViewFacts& facts, const EpochMark& mark, const Context& context) {
  for (int attempt = 1;; ++attempt) {
    const auto result = one_attempt(view, facts, mark, context);
    if (!result && (attempt == attempts || !may_pass(result.error()))) return std::unexpected(result.error());
    const auto settled = result.value_or(std::nullopt);
    if (settled.has_value()) {
      FO_TRY(view.verifier->wait_until(settled->record, context.within(settle_limit)));
      return settled->changed;
    }
    if (attempt == attempts) {
      return fail(ErrorKind::unfinished, view.updater->describe() + " changes under our hands");
    }
    FO_TRY(pause_between_tries(attempt_interval, context));
  }
}

Result<void> move_all_views(PromotionWork& work) {
  const EpochMark mark{work.epoch, work.settings.node, rfc3339(std::chrono::system_clock::now())};
  std::vector<std::string> done;
  std::vector<std::string> open;
  auto kind = ErrorKind::unfinished;
  for (std::size_t i = 0; i < work.parts.views.size(); ++i) {
    auto& view = work.parts.views[i];
    const auto moved = move_view(view, work.plan.facts.views[i], mark, work.context);
    if (moved) {
      FO_TRY(work.journal.view(view.name, *moved ? "moved" : "was moved"));
      done.push_back(fmt::format("{} {}", view.updater->describe(), *moved ? "moved" : "was moved already"));
      continue;
    }
    if (moved.error().kind == ErrorKind::conflict) {
      kind = ErrorKind::conflict;
      work.superseded_by = marked_node(view, work.context);
    }
    open.push_back(moved.error().message);
    FO_TRY(work.journal.view(view.name, moved.error().message));
  }
  work.detail = fmt::format("{}", fmt::join(done, "; "));
  if (!open.empty()) return fail(kind, fmt::format("{}", fmt::join(open, "; ")));
  return {};
}

Result<bool> move_addresses(DnsView& view, const std::vector<std::string>& from, const std::vector<std::string>& to,
                            std::optional<std::chrono::seconds> ttl, const Context& context) {
  for (int attempt = 1;; ++attempt) {
    const auto current = FO_TRY(view.updater->current(context));
    const auto& now = current.addresses;
    const ServiceRecord wanted{to, ttl.value_or(current.ttl), current.mark};
    const bool there = same_addresses(now, to);
    if (!there && !same_addresses(now, from)) {
      return fail(ErrorKind::refused,
                  fmt::format("{} gives {}, no longer {}; nothing was changed", view.updater->describe(),
                              listed_addresses(now), listed_addresses(from)));
    }
    const auto replaced = there ? Result<void>{} : view.updater->replace(current, wanted, context);
    if (replaced) {
      FO_TRY(view.verifier->wait_until(wanted, context.within(settle_limit)));
      return !there;
    }
    if (!worth_a_retry(replaced.error()) || attempt == attempts) return std::unexpected(replaced.error());
    FO_TRY(pause_between_tries(attempt_interval, context));
  }
}

}  // namespace failover
