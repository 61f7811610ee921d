#include "promote/view_outcome.hpp"

#include <chrono>
#include <string>
#include <string_view>
#include <vector>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <failover/context.hpp>
#include <failover/dns.hpp>
#include <failover/error.hpp>
#include <failover/promoter.hpp>

#include "promote/dns_case.hpp"
#include "promote/dns_swap.hpp"

namespace failover {

std::string_view to_string(ViewState state) noexcept {
  switch (state) {
    case ViewState::old_endpoints:
      return "old";
    case ViewState::new_endpoints:
      return "new";
    case ViewState::mixed:
      return "mixed";
    case ViewState::unknown:
      return "unknown";
  }
  return "unknown";
}

std::string who_sees_what(const std::vector<ViewOutcome>& views) {
  std::vector<std::string> sentences;
  for (const auto& view : views) {
    const auto why = view.detail.empty() ? std::string() : fmt::format(" ({})", view.detail);
    switch (view.state) {
      case ViewState::old_endpoints:
        sentences.push_back(fmt::format("callers of {} get the old address{}", view.description, why));
        break;
      case ViewState::new_endpoints:
        sentences.push_back(fmt::format("callers of {} get the new address", view.description));
        break;
      case ViewState::mixed:
        sentences.push_back(
            fmt::format("callers of {} get the new address from some servers and the old one from others{}",
                        view.description, why));
        break;
      case ViewState::unknown:
        sentences.push_back(fmt::format("what callers of {} get is not known{}", view.description, why));
        break;
    }
  }
  return fmt::format("{}", fmt::join(sentences, "; "));
}

ViewState look_at_state(DnsView& view, const std::vector<std::vector<std::string>>& from,
                        const std::vector<std::string>& to, const Context& context) {
  if (!context.check()) return ViewState::unknown;
  const auto now = view.updater->current(context.within(std::chrono::seconds(5)));
  if (!now) return ViewState::unknown;
  if (!old_set_of(*now, from).empty()) return ViewState::old_endpoints;
  return is_at(*now, to) ? ViewState::new_endpoints : ViewState::unknown;
}

Result<void> await_followers(DnsView& view, const Swapped& swapped, ViewOutcome& outcome, const Context& context) {
  outcome.moved_now = swapped.now;
  outcome.state = ViewState::mixed;
  if (auto followed = view.verifier->wait_until(swapped.wanted, context.within(follow_limit)); !followed) {
    outcome.detail = followed.error().message;
    return followed;
  }
  outcome.state = ViewState::new_endpoints;
  outcome.caches_expire = caches_expire(swapped.before, swapped.wanted, std::chrono::system_clock::now());
  return {};
}

}  // namespace failover
