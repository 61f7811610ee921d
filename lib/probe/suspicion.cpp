#include "probe/suspicion.hpp"

#include <cstddef>
#include <span>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include <failover/context.hpp>
#include <failover/observer.hpp>
#include <failover/watch.hpp>

#include "probe/as_unknown.hpp"
#include "probe/host_group.hpp"
#include "probe/tally.hpp"

namespace failover {

bool silence_of_sip_alone(Deadline::Clock::time_point since, std::span<const LastAnswer> other_sip,
                          std::span<const LastAnswer> other_services) noexcept {
  for (const auto& one : other_sip) {
    // What was found before the silence began says nothing about it; nor does what could not be asked.
    if (one.began >= since && one.found != TargetState::unknown && !one.silent) return false;
  }
  bool answers = false;
  for (const auto& one : other_services) {
    if (one.found == TargetState::down) return false;
    answers = answers || one.found == TargetState::up;
  }
  return answers;
}

Hold judge_silence(const SilenceFacts& facts, Duration suspect_for) noexcept {
  if (!facts.alone) return Hold::none;
  if (facts.seen_up_elsewhere) return Hold::blocked;
  if (facts.already_down || facts.lasting >= suspect_for) return Hold::none;
  return Hold::suspected;
}

std::vector<Observation> doubt_lone_silence(std::vector<Observation> observations) {
  std::vector<const Target*> targets;
  targets.reserve(observations.size());
  for (const auto& one : observations) targets.push_back(&one.target);
  const auto hosts = group_by_host(targets);
  const auto answer = [&](std::size_t i) {
    return LastAnswer{state_of(observations[i].health), observations[i].silent, {}};
  };
  std::vector<std::size_t> doubted;
  for (std::size_t i = 0; i < observations.size(); ++i) {
    const auto& one = observations[i];
    if (one.health != Health::down || !one.silent || !speaks_sip(one.target)) continue;
    const auto& group = hosts.groups.at(hosts.group_of.at(i));
    std::vector<LastAnswer> sip;
    std::vector<LastAnswer> services;
    services.reserve(group.others.size());
    for (const auto other : group.sip) {
      if (other != i) sip.push_back(answer(other));
    }
    for (const auto other : group.others) services.push_back(answer(other));
    if (silence_of_sip_alone({}, sip, services)) doubted.push_back(i);
  }
  for (const auto i : doubted) {
    observations[i] = as_unknown(std::move(observations[i]),
                                 "but its other services answer: either SIP hangs, or this host is on the PBX's block "
                                 "list; a single look cannot tell (see --suspect-for)");
  }
  return observations;
}

}  // namespace failover
