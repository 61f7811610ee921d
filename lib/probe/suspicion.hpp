#pragma once

#include <optional>
#include <span>

#include <failover/context.hpp>
#include <failover/observer.hpp>
#include <failover/watch.hpp>

namespace failover {

/// The last check of a target, as it counted.
struct LastAnswer {
  TargetState found = TargetState::unknown;
  bool silent = false;
  Deadline::Clock::time_point began;
};

/// Whether SIP alone is silent at a host: the commonest crash of a PBX, and also what it looks like to be on its block
/// list. It is when no other SIP target of the host was found otherwise since the silence began, some other service
/// answers, and none is down. Pure.
/// @param since when the first check began that stayed unanswered
bool silence_of_sip_alone(Deadline::Clock::time_point since, std::span<const LastAnswer> other_sip,
                          std::span<const LastAnswer> other_services) noexcept;

/// What a silence that would be down counts as.
enum class Hold {
  none,       ///< down
  suspected,  ///< unknown, for some time
  blocked,    ///< unknown: an observer elsewhere sees SIP up, so it is us whom the PBX does not answer
};

struct SilenceFacts {
  bool alone = false;  ///< silence_of_sip_alone
  bool seen_up_elsewhere = false;
  bool already_down = false;  ///< it counts as down already: the suspicion only delays, it takes nothing back
  Duration lasting{};         ///< since the first check that stayed unanswered
};
Hold judge_silence(const SilenceFacts& facts, Duration suspect_for) noexcept;

}  // namespace failover
