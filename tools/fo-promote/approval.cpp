#include "fo-promote/approval.hpp"

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <cstdio>
#include <functional>
#include <string>
#include <string_view>
#include <utility>

#include <fmt/chrono.h>
#include <fmt/format.h>

#include <failover/context.hpp>
#include <failover/error.hpp>
#include <failover/fencer.hpp>
#include <failover/promoter.hpp>
#include <failover/registry.hpp>

#include "cli/output.hpp"
#include "cli/printable.hpp"
#include "cli/session.hpp"
#include "cli/terminal.hpp"
#include "fo-promote/json.hpp"
#include "fo-promote/options.hpp"
#include "fo-promote/run.hpp"

namespace failover::promote_tool {

namespace {

std::string now() {
  return fmt::format("{:%Y-%m-%dT%H:%M:%S}Z",
                     std::chrono::floor<std::chrono::seconds>(std::chrono::system_clock::now()));
}

/// Whether nothing but a person's word, which nobody has given, could confirm that a node is off.
bool needs_word(const PeerFacts& peer) {
  const auto usable = [](const FencerFacts& fencer) { return fencer.status.has_value(); };
  return std::ranges::none_of(peer.fencers, usable) &&
         std::ranges::any_of(peer.fencers, [](const auto& each) { return each.kind == FenceKind::person; });
}

/// A word typed at the terminal is of this very moment.
Result<void> ask_word(const PeerFacts& facts, PromotionPeer& peer, const Context& context) {
  const auto question = fmt::format(
      "Only your word can confirm that {0} ({1}) is off. Go and switch its power off.\n"
      "When it is off, type {0}: ",
      peer.name, peer.addresses.empty() ? "no address" : peer.addresses.front());
  if (FO_TRY(cli::ask(question, context)) != peer.name) {
    return fail(ErrorKind::refused, fmt::format("nobody said that {} is off; nothing was touched", peer.name));
  }
  for (std::size_t i = 0; i < peer.fencers.size(); ++i) {
    if (facts.fencers[i].kind == FenceKind::person) peer.fencers[i] = FO_TRY(make_fencer("operator", now()));
  }
  return {};
}

/// What is typed must be the service's name.
Result<void> ask_name(std::string_view what, const std::string& service, const Context& context) {
  const auto answer = FO_TRY(cli::ask(fmt::format("{}, type the service's name ({}): ", what, service), context));
  if (answer == service) return {};
  return fail(ErrorKind::refused, fmt::format("'{}' is not {}; nothing was touched", answer, service));
}

Result<void> ask_person(const PromotionSettings& settings, const PromotionPlan& plan, PromotionParts& parts,
                        const Context& context) {
  FO_TRY(ask_name("To promote this host", settings.service, context));
  for (std::size_t i = 0; i < parts.peers.size(); ++i) {
    if (needs_word(plan.facts.peers[i])) FO_TRY(ask_word(plan.facts.peers[i], parts.peers[i], context));
  }
  return {};
}

}  // namespace

Result<void> confirm_service(const PromoteOptions& options, const PromotionSettings& settings, std::string_view what,
                             const cli::Session& session) {
  if (!settings.attended) return check_confirmation(options, settings);
  return ask_name(fmt::format("{}; to go on", what), settings.service, session.context);
}

PromotionApproval make_approval(const PromoteOptions& options, const PromotionSettings& settings,
                                const cli::Session& session, std::function<void()> approved) {
  return [&options, &settings, &session, done = std::move(approved)](const PromotionPlan& plan,
                                                                     PromotionParts& parts) -> Result<void> {
    session.output.object("plan", plan_json(settings, plan));
    const bool show = settings.attended || (session.options.verbose > 0 && !session.output.json());
    if (show) {
      for (const auto& line : promotion_evidence(settings, plan)) fmt::print(stderr, "{}\n", cli::printable(line));
    }
    if (plan.decision == PromotionDecision::stop) return {};
    if (settings.attended) {
      FO_TRY(ask_person(settings, plan, parts, session.context));
    } else {
      FO_TRY(check_confirmation(options, settings));
    }
    done();
    return {};
  };
}

}  // namespace failover::promote_tool
