#include "dns/settle.hpp"

#include <chrono>
#include <utility>

#include <fmt/format.h>

#include <failover/context.hpp>
#include <failover/dns.hpp>
#include <failover/error.hpp>

#include "dns/pause.hpp"
#include "dns/swap_rule.hpp"

namespace failover {

namespace {

/// How long a change whose answer was lost may take to show.
constexpr std::chrono::seconds settle_limit{5};
constexpr std::chrono::milliseconds settle_pause{100};

}  // namespace

bool leaves_open(const Error& error) noexcept {
  return error.kind == ErrorKind::timeout || error.kind == ErrorKind::unreachable ||
         error.kind == ErrorKind::integrity || error.kind == ErrorKind::protocol;
}

Result<void> settle_change(DnsUpdater& updater, const Error& why, const ServiceRecord& from, const ServiceRecord& to,
                           const Context& context) {
  // The change may still wait at a server that hung: as long as nothing has changed, give it a little time.
  const auto patience = context.deadline.sooner(Deadline::after(settle_limit));
  auto now = updater.current(context);
  while (now && same_content(*now, from) && !same_content(from, to) && !patience.passed() && context.check()) {
    pause(settle_pause, context);
    if (auto again = updater.current(context)) now = std::move(again);
  }
  const auto view = updater.describe();
  if (!now) {
    return fail(why.kind,
                fmt::format("{}: {}; whether the update was done is not known, since reading back failed too: {}", view,
                            why.message, now.error().message));
  }
  if (same_content(*now, to)) {
    // An answer that was lost needs no look, one that makes no sense does.
    const bool lost = why.kind == ErrorKind::timeout || why.kind == ErrorKind::unreachable;
    context.note(lost ? Level::info : Level::warning,
                 fmt::format("{}: {}; but reading back shows that the update was done", view, why.message));
    return {};
  }
  if (same_content(*now, from)) {
    return fail(why.kind, fmt::format("{}: {}; so far nothing has changed", view, why.message));
  }
  return fail(ErrorKind::conflict,
              fmt::format("{}: {}; somebody else has changed it: it now has {}", view, why.message, in_words(*now)));
}

}  // namespace failover
