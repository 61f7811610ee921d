#include "promote/dns_swap.hpp"

#include <chrono>
#include <expected>
#include <optional>
#include <utility>

#include <failover/context.hpp>
#include <failover/dns.hpp>
#include <failover/error.hpp>

#include "core/pause.hpp"

namespace failover {

namespace {

constexpr int attempts = 5;
constexpr Duration attempt_interval = std::chrono::milliseconds(500);

bool may_pass(const Error& error) noexcept {
  return error.kind == ErrorKind::timeout || error.kind == ErrorKind::unreachable;
}

/// A failed swap that is worth another look: somebody else was faster, or nobody answered.
bool worth_a_retry(const Error& error) noexcept {
  return error.kind == ErrorKind::conflict || may_pass(error);
}

/// What one attempt has come to. None = look again.
using Attempt = Result<std::optional<Swapped>>;

Attempt change(DnsView& view, const ServiceRecord& current, const ServiceRecord& wanted, const BeforeSwap& before,
               const Context& context) {
  if (before) FO_TRY(before(current, wanted));
  view.verifier->warm_up(context);
  const auto replaced = view.updater->replace(current, wanted, context);
  if (replaced) return Swapped{current, wanted, true};
  if (worth_a_retry(replaced.error())) return std::nullopt;
  // Some servers apply an update whose signed answer does not verify: what the server holds decides, not what it said.
  const auto after = view.updater->current(context);
  if (after && same_content(*after, wanted)) return Swapped{current, wanted, true};
  return std::unexpected(replaced.error());
}

Attempt look_and_change(DnsView& view, const SwapDecision& decide, const BeforeSwap& before, const Context& context) {
  const auto current = view.updater->current(context);
  if (!current) return std::unexpected(current.error());
  const auto wanted = FO_TRY(decide(*current));
  if (!wanted) return Swapped{*current, *current, false};
  return change(view, *current, *wanted, before, context);
}

}  // namespace

Result<Swapped> swap_view(DnsView& view, std::optional<ServiceRecord> known, const SwapDecision& decide,
                          const BeforeSwap& before, const Context& context) {
  if (known) {
    if (const auto wanted = decide(*known).value_or(std::nullopt)) {
      auto first = FO_TRY(change(view, *known, *wanted, before, context));
      if (first) return std::move(*first);
    }
  }
  for (int attempt = 1;; ++attempt) {
    auto result = look_and_change(view, decide, before, context);
    if (!result && (attempt == attempts || !may_pass(result.error()))) return std::unexpected(result.error());
    if (auto swapped = std::move(result).value_or(std::nullopt)) return std::move(*swapped);
    if (attempt == attempts) {
      return fail(
          ErrorKind::unfinished,
          view.updater->describe() + " changes under our hands; find out who else writes there: fo-promote dns show");
    }
    FO_TRY(pause_between_tries(attempt_interval, context));
  }
}

}  // namespace failover
