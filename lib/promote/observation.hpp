#pragma once

#include <span>
#include <vector>

#include <failover/context.hpp>
#include <failover/error.hpp>
#include <failover/observer.hpp>
#include <failover/promoter.hpp>

namespace failover {

/// What several tries say of one node together: up if any was up, down only if every one was down, else unknown
/// (property unknown-is-not-down). Pure.
Verdict verdict_over_tries(std::span<const Verdict> tries);

/// Probes every peer `tries` times, `interval` apart; ends early when one is up, for that decides.
/// @return one per peer, in their order, without fencers
std::vector<PeerFacts> observe_peers(std::span<const PromotionPeer> peers, Observer& observer, unsigned tries,
                                     Duration interval, const Context& context);

/// True for none at all.
bool all_up(std::span<const Observation> observations) noexcept;

/// Whether a node that was fenced is silent: every single probe of it is down, the weak ones too. Asks again until it
/// is or the context ends; an answer, or a probe that could not be made, is not silence.
Result<void> await_silence(const PromotionPeer& peer, Observer& observer, const Context& context);

}  // namespace failover
