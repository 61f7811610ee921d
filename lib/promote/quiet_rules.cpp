#include "promote/quiet_rules.hpp"

#include <algorithm>
#include <chrono>
#include <optional>
#include <string>
#include <utility>

#include <fmt/format.h>

#include <failover/context.hpp>
#include <failover/dns.hpp>
#include <failover/error.hpp>
#include <failover/promoter.hpp>

#include "core/clock.hpp"
#include "promote/objections.hpp"
#include "state/pause_file.hpp"
#include "state/state_dir.hpp"

namespace failover {

namespace {

/// A person is there, or has planned it: neither maintenance nor flapping is what this is about.
bool is_meant(const PromotionSettings& settings) noexcept {
  return settings.attended || settings.switchover;
}

std::string pause_sentence(const PromotionPause& pause) {
  return fmt::format("promotions are paused until {}: {}", rfc3339(pause.until), pause.reason);
}

std::string way_out_of_pause(const PromotionSettings& settings) {
  return fmt::format("; fo-promote pause --off ends it, a person at a terminal may promote {} all the same",
                     settings.service);
}

/// The mark of the very promotion that is to be gone on with says nothing of an earlier one.
bool is_of_open_run(const EpochMark& mark, const PromotionSettings& settings, const PromotionFacts& facts) {
  const auto& earlier = facts.earlier;
  return earlier && !earlier->ended && mark.epoch == earlier->epoch && mark.node == settings.node;
}

struct LastPromotion {
  WallTime when;
  std::string where;  ///< who says so
};

/// The latest of what this host remembers and of the marks in DNS.
std::optional<LastPromotion> last_promotion(const PromotionSettings& settings, const PromotionFacts& facts) {
  std::optional<LastPromotion> last;
  const auto consider = [&last](WallTime when, std::string where) {
    if (!last || when > last->when) last = LastPromotion{when, std::move(where)};
  };
  if (const auto here = last_promotion_here(facts.role, facts.role_since, facts.earlier)) consider(*here, "this host");
  for (const auto& view : facts.views) {
    const auto mark = view.current ? view.current->mark : std::nullopt;
    if (!mark || is_of_open_run(*mark, settings, facts)) continue;
    if (const auto when = parse_rfc3339(mark->time)) consider(*when, view.description);
  }
  return last;
}

void pause_rule(const PromotionSettings& settings, const PromotionFacts& facts, RuleFindings& findings) {
  if (!facts.pause) {
    if (is_meant(settings)) {
      findings.warnings.push_back("whether promotions are paused is not known: " + facts.pause.error().message);
    } else {
      findings.objections.push_back({"pause", facts.pause.error().kind, facts.pause.error().message});
    }
    return;
  }
  const auto& pause = *facts.pause;
  if (!pause || pause->until <= facts.now) return;
  if (is_meant(settings)) {
    findings.warnings.push_back(pause_sentence(*pause));
  } else {
    findings.objections.push_back({"pause", ErrorKind::refused, pause_sentence(*pause) + way_out_of_pause(settings)});
  }
}

void quiet_time_rule(const PromotionSettings& settings, const PromotionFacts& facts, RuleFindings& findings) {
  // A switchover is planned: that the last one was not long ago is nobody's surprise.
  if (settings.switchover || settings.min_uptime <= Duration::zero()) return;
  const auto last = last_promotion(settings, facts);
  if (!last) return;
  const auto ago = facts.now - last->when;
  if (ago >= settings.min_uptime) return;
  // Clocks of two hosts differ a little. A time far ahead is no promotion that has just been, and to believe it would
  // mean that none goes for as long as that clock was wrong.
  if (ago < -settings.min_uptime) {
    findings.warnings.push_back(fmt::format("{} dates the last promotion {}, which lies ahead: a clock is wrong",
                                            last->where, rfc3339(last->when)));
    return;
  }
  const auto since = human_duration(std::max<Duration>(ago, Duration::zero()));
  auto sentence =
      fmt::format("the last promotion ended {} ago, at {} as {} says", since, rfc3339(last->when), last->where);
  if (is_meant(settings)) {
    findings.warnings.push_back(std::move(sentence));
    return;
  }
  findings.objections.push_back(
      {"quiet-time", ErrorKind::refused,
       fmt::format("{}; none goes unattended for {} after it (--min-uptime), until {}: two hosts that take over from "
                   "each other in turn serve nobody",
                   sentence, human_duration(settings.min_uptime),
                   rfc3339(last->when + std::chrono::duration_cast<WallTime::duration>(settings.min_uptime)))});
}

}  // namespace

std::optional<WallTime> last_promotion_here(const std::string& role, const std::optional<WallTime>& role_since,
                                            const std::optional<EarlierPromotion>& earlier) {
  std::optional<WallTime> last;
  if (role == "active" || role == "fenced") last = role_since;
  if (earlier && earlier->outcome == "done" && earlier->ended_at) {
    last = last ? std::max(*last, *earlier->ended_at) : *earlier->ended_at;
  }
  return last;
}

RuleFindings apply_quiet_rules(const PromotionSettings& settings, const PromotionFacts& facts) {
  RuleFindings findings;
  pause_rule(settings, facts, findings);
  quiet_time_rule(settings, facts, findings);
  return findings;
}

Result<void> check_not_paused(const PromotionSettings& settings, const StateDir& state) {
  if (is_meant(settings)) return {};
  const auto pause = FO_TRY(read_pause(state));
  if (!pause || pause->until <= std::chrono::system_clock::now()) return {};
  return fail(ErrorKind::refused, pause_sentence(*pause) + way_out_of_pause(settings));
}

}  // namespace failover
