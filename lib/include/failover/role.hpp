#pragma once

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include <failover/arbiter.hpp>
#include <failover/context.hpp>
#include <failover/error.hpp>
#include <failover/export.hpp>
#include <failover/fencer.hpp>
#include <failover/observer.hpp>
#include <failover/promoter.hpp>
#include <failover/restorer.hpp>

namespace failover {

/// What this host knows of itself without asking anybody.
struct PromotionStatus {
  std::string role;
  std::string node;
  std::uint64_t role_epoch = 0;
  std::optional<EarlierPromotion> last;
  std::optional<BackupFacts> backup;
  std::optional<PromotionPause> pause;     ///< that holds now
  std::optional<WallTime> last_promotion;  ///< when the last one ended that this host knows of
  std::optional<WallTime> demoting;        ///< since when a demotion of this host is open: begun, and not at its end
  bool restore_in_progress = false;
  bool running = false;  ///< a restore or promotion is at work now
};

FAILOVER_EXPORT Result<PromotionStatus> promotion_status(const std::filesystem::path& state_dir);

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

/// What a demotion of this host does, in its order.
struct DemotionPlan {
  std::string node;
  std::string role;  ///< before it
  std::uint64_t epoch = 0;
  std::vector<std::string> steps;  ///< clauses; empty = nothing to do
};

/// Changes nothing and takes no lock. Refused while a promotion is open, and where another has fenced this host.
FAILOVER_EXPORT Result<DemotionPlan> plan_demotion(const PromotionSettings& settings, Arbiter& arbiter,
                                                   Observer& self_observer, const Context& context);

/// This host, which serves, stops without another one at hand: its services are stopped, confirmed, masked and looked
/// at once more, and only then it becomes a standby and leaves the record (property fence-first). What fails before
/// gives back: kind io, and it serves again. Of kind unfinished where it does not, when the context ends, and from the
/// role on. Again it continues. @return the plan that was followed
FAILOVER_EXPORT Result<DemotionPlan> demote(const PromotionSettings& settings, Arbiter& arbiter,
                                            Observer& self_observer, const Context& context);

/// Undoes a demotion of this host that stopped half way: the services start and are seen up. Refused unless the record
/// shows this host alone; where the arbiter keeps none, unless its role still is active. @return the epoch
FAILOVER_EXPORT Result<std::uint64_t> serve_again(const PromotionSettings& settings, Arbiter& arbiter,
                                                  Observer& self_observer, const Context& context);

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

// Readiness: what stands between now and a good failover to this host.

/// In the order of their weight. What cannot be read is unknown and never passes for ok.
enum class ReadyGrade { ok, unknown, warning, critical };

FAILOVER_EXPORT std::string_view to_string(ReadyGrade grade) noexcept;

/// One row of the list.
struct ReadyCheck {
  std::string name;   ///< what is looked at: one of ready_check_names()
  std::string about;  ///< of several the one: a node, a view, a gateway; else empty
  ReadyGrade grade = ReadyGrade::ok;
  std::string finding;  ///< a clause
  std::string remedy;   ///< what to do, a clause; empty when ok
};

/// Every name that a row may have, in their order.
FAILOVER_EXPORT std::span<const std::string_view> ready_check_names() noexcept;

/// One stage of a drill.
struct DrillStage {
  std::string name;  ///< ready, canary, verify, restore, start
  bool good = false;
  std::chrono::milliseconds took{};
  std::string detail;  ///< a clause
};

/// One drill of this host.
struct DrillRecord {
  WallTime when{};  ///< its end, whole seconds
  std::string service;
  std::string node;
  bool good = false;
  std::chrono::milliseconds took{};  ///< from the restore to the last service that answered
  std::string said;                  ///< the sentence
  std::vector<DrillStage> stages;    ///< in their order
};

struct ReadySettings {
  std::chrono::seconds max_ttl{300};
  std::uint64_t min_free = std::uint64_t{1} << 30U;  ///< bytes free in the state directory's file system
  /// Older is a warning; none: a week, once there has been a drill.
  std::optional<Duration> max_drill_age;
  std::vector<std::string> skip;  ///< names of checks that are neither made nor shown
};

/// A program that a promotion will run.
struct HookFacts {
  std::string name;  ///< start-hook
  Result<void> usable;
};

/// A gateway that the restored data names, asked over UDP and TCP.
struct GatewayFacts {
  std::string name;
  std::vector<Observation> observations;
};

/// What was seen, before anything is said about it.
struct ReadyFacts {
  PromotionFacts promotion;
  Result<void> memory;  ///< whether role and journal can be read
  bool keeps_record = false;
  std::vector<HookFacts> hooks;
  Result<std::uint64_t> free_bytes = std::uint64_t{0};
  Result<bool> clock_set = true;           ///< whether the kernel says that something keeps its clock right
  std::optional<BackupContents> contents;  ///< what the restored backup says of itself; none = nothing was restored
  std::vector<GatewayFacts> gateways;
  Result<std::vector<DrillRecord>> drills;  ///< oldest first
};

/// Facts in, rows out, one for each thing that was looked at. Pure. On the active host only what concerns it.
FAILOVER_EXPORT std::vector<ReadyCheck> judge_readiness(const PromotionSettings& settings,
                                                        const ReadySettings& readiness, const ReadyFacts& facts);

/// Looks at everything; changes nothing and takes no lock.
FAILOVER_EXPORT ReadyFacts gather_readiness(const PromotionSettings& settings, const ReadySettings& readiness,
                                            PromotionParts& parts, const Context& context);

/// Whether the last good drill is too old, or missing: a clause; none when all is well, or when there never was a drill
/// and no age is set. Pure.
FAILOVER_EXPORT std::optional<std::string> drill_warning(const Result<std::vector<DrillRecord>>& drills,
                                                         std::optional<Duration> max_age, WallTime now);

/// What the journal of drills says; kind integrity when a line was changed or taken out.
FAILOVER_EXPORT Result<std::vector<DrillRecord>> read_drills(const std::filesystem::path& state_dir);

// Drill: everything that changes nothing in production.

/// The journal of drills, held by the drill that is at work (property alone).
class FAILOVER_EXPORT DrillLog {
 public:
  virtual ~DrillLog() = default;
  /// Durable when it returns. @return the line's SHA-256, which the next line will carry
  virtual Result<std::string> add(const DrillRecord& record) = 0;
};

/// Kind locked when another drill is at work.
FAILOVER_EXPORT Result<std::unique_ptr<DrillLog>> open_drill_log(const std::filesystem::path& state_dir);

/// The state directory of the restores that drills make; the host's own is never told of them.
FAILOVER_EXPORT std::filesystem::path drill_state_dir(const std::filesystem::path& state_dir);

/// A restored PBX to be started where it reaches nobody.
struct Rehearsal {
  std::string service;
  std::string node;
  std::filesystem::path hook;                    ///< starts it and returns
  std::filesystem::path tree;                    ///< the restored backup
  std::vector<std::string> addresses;            ///< of this host, which the room has, too
  std::vector<Target> services;                  ///< must answer in there
  std::vector<std::filesystem::path> read_only;  ///< what production stands on
  Duration limit = std::chrono::minutes(5);      ///< of the hook, and again until all services answer
};

struct Rehearsed {
  std::chrono::milliseconds hook{};
  std::chrono::milliseconds services{};  ///< from its end until all answered
};

/// Runs the hook in network, process, mount and IPC namespaces of their own, where the host's service managers are out
/// of reach, and waits until every service answers in there. When it returns, nothing of it runs any more; when we die
/// before, nothing either. Kind conflict when a port of the services was opened on the host meanwhile; permission
/// without the right to make namespaces.
FAILOVER_EXPORT Result<Rehearsed> rehearse_start(const Rehearsal& rehearsal, const Context& context);

}  // namespace failover
