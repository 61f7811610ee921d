#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>

#include <failover/arbiter.hpp>
#include <failover/context.hpp>
#include <failover/error.hpp>
#include <failover/export.hpp>
#include <failover/fencer.hpp>
#include <failover/observer.hpp>
#include <failover/promoter.hpp>

namespace failover {

/// What the guard left when it last let this host start: it holds for the boot it was written in, and no longer.
struct StartNote {
  std::string service;
  std::string node;
  std::string boot_id;  ///< /proc/sys/kernel/random/boot_id
  std::uint64_t epoch = 0;

  bool operator==(const StartNote&) const = default;
};

/// Everything that decides whether this host may start its services.
struct GuardFacts {
  std::string node;              ///< who we are
  std::string role;              ///< unset, standby, promoting, active, fenced
  std::uint64_t role_epoch = 0;  ///< of the role
  bool committed = false;        ///< a promotion of this host is past its commit and not done yet
  bool keeps_record = false;     ///< the arbiter keeps a record; else the role alone decides
  Result<ArbiterRecord> record;  ///< one linearizable read
  std::optional<StartNote> note;
  std::string service;
  std::string boot_id;
};

struct GuardAnswer {
  bool allowed = false;
  bool by_record = false;  ///< the record said so now: a note may be left
  std::string reason;      ///< a sentence
};

/// Facts in, answer out (properties fence-first, epoch). Pure. With a record it allows only maybe == {node}, active ==
/// node and no claim of another; a note of this boot stands in for a record that cannot be reached, not for one that is
/// missing or says no.
FAILOVER_EXPORT GuardAnswer judge_start(const GuardFacts& facts);

/// Gathers the facts, judges, and leaves the note when the record allowed it.
/// @param notes the folder of the notes, lost at every boot: /run/failover
FAILOVER_EXPORT GuardAnswer guard_start(const PromotionSettings& settings, Arbiter& arbiter,
                                        const std::filesystem::path& notes, const Context& context);

/// The epoch that an adoption would begin with, if nothing speaks against it; changes nothing.
FAILOVER_EXPORT Result<std::uint64_t> adoption_epoch(const PromotionSettings& settings, PromotionParts& parts,
                                                     const Context& context);

/// Makes this host, which serves, the active one on record: the first entry of an arbiter, and the role. Refused unless
/// every self-probe is up and no other node is; kind refused also when there is a record.
/// @return the epoch
FAILOVER_EXPORT Result<std::uint64_t> adopt_service(const PromotionSettings& settings, PromotionParts& parts,
                                                    const Context& context);

/// How this host, which has served, became a standby again.
struct Rejoined {
  std::string active;  ///< the node that serves
  std::uint64_t epoch = 0;
  std::vector<std::string> warnings;
  std::optional<WallTime> backup_time;  ///< of what is restored now; none = nothing was brought over
};

/// This host becomes the standby of the one that serves: on record, and seen up. What runs here is stopped, confirmed
/// and masked, it leaves the record, its role becomes standby; the undo copies of its next restore are pinned; then the
/// sync-hook brings the active host's newest backup. Again it continues. Refused while nobody else is seen to serve.
FAILOVER_EXPORT Result<Rejoined> rejoin(const PromotionSettings& settings, PromotionParts& parts,
                                        const Context& context);

struct GivenBack {
  std::uint64_t epoch = 0;
  std::vector<ViewOutcome> views;
};

/// Makes `node`, which was fenced by its services, the active host again: what runs here is stopped and confirmed, the
/// record goes to it, it is told to start and seen up, and every view moves to it. Refused before anything is touched
/// when nobody can tell it to start; from the stop on an error is of kind unfinished. Again it continues.
FAILOVER_EXPORT Result<GivenBack> give_back(const PromotionSettings& settings, PromotionParts& parts,
                                            const std::string& node, const Context& context);

/// What a service fence may ask of this host.
enum class FenceVerb {
  status,
  fence,     ///< EPOCH: stop, and start nothing below EPOCH + 1
  stop,      ///< the services, whatever the role
  mask,      ///< so that nobody starts them
  give_back  ///< EPOCH: this host is the active one again
};

struct FenceRequest {
  FenceVerb verb = FenceVerb::status;
  std::uint64_t epoch = 0;  ///< of fence and give_back; else 0

  bool operator==(const FenceRequest&) const = default;
};

/// "status", "fence 7", "stop", "mask" or "give-back 7", and nothing else: one blank, a number without sign or leading
/// zeros. Kind usage.
FAILOVER_EXPORT Result<FenceRequest> parse_fence_request(std::string_view text);
FAILOVER_EXPORT std::string to_string(const FenceRequest& request);

/// What this host says of itself to one who fences it.
struct FenceAnswer {
  FenceState state = FenceState::on;  ///< off: the role is fenced or standby, and nothing runs
  std::string node;
  std::string role;  ///< unset, standby, promoting, active, fenced
  std::uint64_t epoch = 0;

  bool operator==(const FenceAnswer&) const = default;
};

/// The answer as one line without its end: "off node=a role=fenced epoch=7". The reader accepts nothing else; kind
/// protocol.
FAILOVER_EXPORT std::string to_string(const FenceAnswer& answer);
FAILOVER_EXPORT Result<FenceAnswer> parse_fence_answer(std::string_view line);

/// The target's side of a service fence (property fence-first). `fence` ends a running promotion or restore and takes
/// the host's lock, ends what is left of a hook whose fo-promote was killed, writes the role durably, removes the
/// guard's note, stops and masks the services, and succeeds only when they are confirmed inactive. It may be repeated.
/// An epoch below that of the role is refused, and so is that of the role itself where the role is active: such a
/// command is a late one. `give_back` is refused while a promotion of this host is unfinished. All but status and fence
/// end with kind locked while another run is at work.
FAILOVER_EXPORT Result<FenceAnswer> serve_fence(const PromotionSettings& settings, Observer& self_observer,
                                                const FenceRequest& request, const Context& context);

/// For so long no promotion of this host goes unattended; in place of an earlier pause. Durable when it returns. A
/// promotion that is at work heeds it up to its first fence command. Takes no lock.
/// @param length at most 31 days, for a pause that was forgotten is a failover that does not come
/// @param reason one line of at most 200 bytes, for whoever is refused; an error of kind usage if it is not
FAILOVER_EXPORT Result<PromotionPause> pause_promotions(const std::filesystem::path& state_dir, Duration length,
                                                        const std::string& reason);

/// Promotions may go unattended again. @return whether there was a pause that held
FAILOVER_EXPORT Result<bool> end_pause(const std::filesystem::path& state_dir);

}  // namespace failover
