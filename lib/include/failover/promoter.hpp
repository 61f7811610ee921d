#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <failover/arbiter.hpp>
#include <failover/context.hpp>
#include <failover/dns.hpp>
#include <failover/error.hpp>
#include <failover/export.hpp>
#include <failover/fencer.hpp>
#include <failover/observer.hpp>
#include <failover/watch.hpp>

namespace failover {

/// The steps of a promotion, in their order. `commit` is the point of no return: before it a run can be withdrawn,
/// after it only finished.
enum class PromotionStep {
  check,
  observe,
  claim,
  observe_again,
  fence,
  commit,
  pre_hook,
  start,
  self_probe,
  dns,
  post_hook,
  done
};

/// How a promotion goes on after a crash in a step.
enum class WayOn {
  start_over,  ///< nothing was touched: the next run begins anew
  fence_anew,  ///< something may be switched off: resume claims a new epoch and fences again, or abort withdraws
  go_on,       ///< resume confirms once more that the others are off and goes on with this step
  nothing      ///< it is done
};

/// One row of the state table that drives the run, the journal, the plan's text and the documents.
struct PromotionStepRow {
  PromotionStep step;
  std::string_view name;     ///< in the journal, in output and for --until
  std::string_view comment;  ///< what it does, and why here
  PromotionStep next;
  std::string_view crash;  ///< what a crash in it leaves behind
  WayOn way_on;
};

FAILOVER_EXPORT std::span<const PromotionStepRow> promotion_steps() noexcept;
FAILOVER_EXPORT std::string_view to_string(PromotionStep step) noexcept;
/// An unknown name is an error of kind usage that lists the known ones.
FAILOVER_EXPORT Result<PromotionStep> parse_promotion_step(std::string_view name);

/// Another node that may be serving, with what tells its health and what makes sure that it is off.
struct PromotionPeer {
  std::string name;
  std::vector<std::string> addresses;
  std::vector<Target> probes;
  std::vector<std::unique_ptr<Fencer>> fencers;  ///< tried in this order until one confirms
};

/// What the admin wants.
struct PromotionSettings {
  std::string service;            ///< the name that callers use
  std::string node;               ///< who we are
  std::vector<std::string> from;  ///< old addresses; empty = those of the peers
  std::vector<std::string> to;    ///< new addresses
  std::chrono::seconds ttl{60};
  std::vector<Target> references;
  std::vector<Target> self_probes;
  WitnessPolicy observer_policy;  ///< how many observers, this host among them, must say down
  unsigned tries = 3;
  Duration tries_interval = std::chrono::seconds(2);
  std::optional<std::filesystem::path> pre_hook;
  std::optional<std::filesystem::path> start_hook;
  std::optional<std::filesystem::path> post_hook;
  std::optional<std::filesystem::path> stop_hook;  ///< stops what no unit stops
  std::vector<std::string> units;                  ///< of systemd, which the service consists of
  std::filesystem::path systemctl = "/usr/bin/systemctl";
  std::filesystem::path run_dir = "/run/failover";  ///< of the guard's notes
  Duration hook_timeout = std::chrono::minutes(5);  ///< also how long the service may take to come up, or to end
  Duration warn_backup_age = std::chrono::hours(26);
  Duration max_backup_age = std::chrono::days(7);
  bool allow_stale_backup = false;
  bool assume_was_up = false;                        ///< believe a "down" of probes that were never seen up from here
  bool attended = false;                             ///< a person at a terminal is asked before anything is touched
  bool leave_attended = false;                       ///< resume: what a person has begun is left to a person
  bool switchover = false;                           ///< planned: the active host serves, and is asked to stop
  std::optional<std::filesystem::path> backup_hook;  ///< has the active host make a backup
  std::optional<std::filesystem::path> sync_hook;    ///< brings the newest backup here and restores it
  std::optional<PromotionStep> until;                ///< stop after this step
  /// Quiet time: so long after the last promotion, as far as known, none goes unattended; zero = none.
  Duration min_uptime = std::chrono::minutes(10);
  std::filesystem::path state_dir;
  std::string resume_command;     ///< what a person types to go on
  std::string abort_command;      ///< and to withdraw
  std::string give_back_command;  ///< and, with a node behind it, to make that one serve again
};

/// What others are told: that a promotion begins (before its first fence command), and how it ended.
enum class PromotionEvent { begun, done, unfinished, superseded, withdrawn };

/// "begun", "done", "unfinished", "superseded", "withdrawn".
FAILOVER_EXPORT std::string_view to_string(PromotionEvent event) noexcept;

struct Notification {
  PromotionEvent event = PromotionEvent::begun;
  std::string service;
  std::string node;  ///< who promotes
  std::uint64_t epoch = 0;
  PromotionStep step = PromotionStep::check;
  std::string serving;  ///< as in the report
  std::string message;  ///< one sentence; hooks and peers may have had their say in it
  std::string next;     ///< the command to type now; empty = none
  std::vector<std::string> warnings;
  WallTime when;
};

/// Tells somebody. Used by one thread, not the one that promotes.
class FAILOVER_EXPORT Notifier {
 public:
  virtual ~Notifier() = default;
  /// For messages, without what is secret.
  [[nodiscard]] virtual std::string describe() const = 0;
  /// Success: it was taken; that somebody reads it nobody knows.
  virtual Result<void> send(const Notification& notification, const Context& context) = 0;
};

/// What became of one notification.
struct NoticeOutcome {
  std::string notifier;
  PromotionEvent event = PromotionEvent::begun;
  std::optional<Error> failure;
};

/// What it is done with. The runner owns none of the references.
struct PromotionParts {
  Observer& observer;       ///< for the other nodes and the references; should refuse this host's own addresses
  Observer& self_observer;  ///< for the self-probes
  Arbiter& arbiter;
  std::vector<PromotionPeer> peers;
  std::vector<DnsView> views;
  std::vector<std::unique_ptr<Witnesses>> observers = {};  ///< stores of what others see; each is binding
  std::vector<std::unique_ptr<Notifier>> notifiers = {};   ///< their failures neither stop nor delay a promotion
};

struct FencerFacts {
  std::string description;
  FenceKind kind = FenceKind::power;
  Result<FenceState> status = FenceState::on;
  bool gives_back = false;  ///< it can also tell the node to serve again
};

struct PeerFacts {
  std::string name;
  std::vector<std::string> addresses;
  std::vector<Observation> observations;  ///< of the last try
  Verdict verdict;  ///< over all tries: up if any try was up, down only if every try was down, else unknown
  Result<std::vector<std::string>> never_up;  ///< its probes that no watch of this host has ever seen up
  std::vector<FencerFacts> fencers;
};

/// What the nodes in one store see of the service.
struct ObserverFacts {
  std::string store;
  Result<std::vector<NodeObservation>> seen;
  Verdict verdict;  ///< theirs and ours together; only "down" lets a failover go
};

/// One view as it is and as it shall be.
struct ViewFacts {
  std::string name;
  std::string description;
  Swap swap = Swap::atomic;
  Result<ServiceRecord> current;
  Result<void> access;
  std::vector<std::vector<std::string>> from;  ///< address sets that count as the old ones
  std::vector<std::string> to;
  std::chrono::seconds ttl{60};
  bool mark_is_apart = false;                     ///< see DnsUpdater
  bool claim_is_mark = false;                     ///< the arbiter's record stands in the mark, see Arbiter
  Result<std::vector<std::string>> servers = {};  ///< the authoritative ones, as far as they could be found

  /// Our own mark beside the old addresses is then no sign of another hand.
  [[nodiscard]] bool mark_comes_first() const noexcept { return mark_is_apart || claim_is_mark; }
};

struct BackupFacts {
  std::string name;
  WallTime time;             ///< of the backup's content
  WallTime restored;         ///< when it was restored here
  std::string pbx = {};      ///< what it is of, as far as the restore could tell: "Asterisk"
  std::string version = {};  ///< of the PBX
  std::optional<std::uint64_t> extensions = std::nullopt;
};

/// Maintenance: until then no promotion goes unattended.
struct PromotionPause {
  WallTime since;
  WallTime until;
  std::string reason;  ///< one line
};

/// What the journal says of the last promotion.
struct EarlierPromotion {
  std::string service;
  std::uint64_t epoch = 0;
  PromotionStep step = PromotionStep::check;  ///< the last one that was entered
  bool ended = false;
  std::string outcome;                   ///< done, withdrawn or superseded, once it has ended
  std::optional<WallTime> ended_at;      ///< as far as it was written down
  std::vector<PromotionStep> left;       ///< steps that were completed
  std::vector<std::string> fence_tried;  ///< nodes that may have been switched off
  std::vector<std::string> fenced;       ///< nodes that were confirmed off
  bool unattended = false;               ///< it was begun without a person
  /// By the state table: a run that stopped there can only go on.
  [[nodiscard]] FAILOVER_EXPORT bool committed() const noexcept;
  [[nodiscard]] FAILOVER_EXPORT bool left_step(PromotionStep which) const noexcept;
};

/// Everything that was seen before deciding.
struct PromotionFacts {
  WallTime now;
  Result<std::optional<BackupFacts>> backup = std::nullopt;
  Result<bool> restore_in_progress = false;
  std::string role;  ///< of this host: unset, standby, promoting, active, fenced
  std::uint64_t role_epoch = 0;
  std::optional<WallTime> role_since;
  Result<std::optional<PromotionPause>> pause = std::nullopt;  ///< also one that is over
  std::optional<EarlierPromotion> earlier;
  std::uint64_t journal_epoch = 0;  ///< the largest one in it
  std::vector<Observation> references;
  std::vector<Observation> self_probes;
  /// Target -> from when on every check of this host's watch has found it as it is now; absent = not known.
  std::map<std::string, WallTime, std::less<>> since = {};
  std::size_t independent_references = 0;  ///< on different hosts, none of them this host's gateway
  std::vector<PeerFacts> peers;
  std::vector<ObserverFacts> observers = {};
  std::vector<ViewFacts> views;
  Result<ArbiterRecord> arbiter;
  Result<void> unattended;  ///< whether the arbiter lets a run go without a person
};

/// A safety rule that says no, or a fact that could not be had.
struct PromotionObjection {
  std::string rule;
  ErrorKind kind = ErrorKind::refused;
  std::string reason;
};

enum class PromotionDecision { go, go_on, nothing_to_do, stop };

struct PlannedStep {
  PromotionStep step;
  std::string what;
};

/// What would be done, and why. A dry run prints the very object that a run follows.
struct PromotionPlan {
  PromotionDecision decision = PromotionDecision::stop;
  PromotionStep first = PromotionStep::check;
  std::uint64_t epoch = 0;  ///< that the run will claim, or goes on with
  std::vector<PromotionObjection> objections;
  std::vector<std::string> warnings;
  std::vector<PlannedStep> steps;
  PromotionFacts facts;
};

/// Facts in, plan out. Pure.
FAILOVER_EXPORT PromotionPlan plan_promotion(const PromotionSettings& settings, PromotionFacts facts);

/// The page that a person reads before the question, a line each.
FAILOVER_EXPORT std::vector<std::string> promotion_evidence(const PromotionSettings& settings,
                                                            const PromotionPlan& plan);

/// Gathers the facts and plans; changes nothing and takes no lock.
FAILOVER_EXPORT PromotionPlan prepare_promotion(const PromotionSettings& settings, PromotionParts& parts,
                                                const Context& context);

struct TimelineEntry {
  PromotionStep step;
  WallTime when;
  Duration took{};
  std::string detail;
};

/// What callers get from one view.
enum class ViewState {
  old_endpoints,  ///< it was not moved
  new_endpoints,  ///< it was moved, and every authoritative server says so
  mixed,          ///< it was moved, but some of its servers lag
  unknown         ///< nobody knows: no answer came, or something else stands there
};

FAILOVER_EXPORT std::string_view to_string(ViewState state) noexcept;

struct ViewOutcome {
  std::string name;  ///< of the view
  std::string description;
  ViewState state = ViewState::unknown;
  bool moved_now = false;                 ///< by this run
  std::string detail;                     ///< why it is not new; empty if it is
  std::optional<WallTime> caches_expire;  ///< of what was there before; none = not known, or nothing was cached
};

/// Which part of the world sees what: a sentence for each view.
FAILOVER_EXPORT std::string who_sees_what(const std::vector<ViewOutcome>& views);

/// How a run ended. No failure: done, or nothing to do, with a warning if there are any.
struct PromotionReport {
  std::optional<Error> failure;  ///< from the first fence command on only of kind unfinished
  std::vector<std::string> warnings;
  std::string message;
  PromotionStep step = PromotionStep::check;  ///< the last one that was entered
  std::uint64_t epoch = 0;
  std::string serving;  ///< the node that serves now, "none", or "unknown"
  std::string next;     ///< the command to type now; empty = none
  std::vector<TimelineEntry> timeline;
  std::vector<ViewOutcome> views;                      ///< empty = the run has not come to DNS
  std::optional<PromotionEvent> event = std::nullopt;  ///< how it ended, as others are told; none = nothing was touched
  std::vector<NoticeOutcome> notices = {};             ///< what became of each notification
};

/// Shown every plan before anything is touched. An error ends the run; for a plan that says stop the answer does not
/// matter. It may add to the parts what the person at the terminal said (the operator's word).
using PromotionApproval = std::function<Result<void>(const PromotionPlan& plan, PromotionParts& parts)>;

/// The whole promotion; goes on with an interrupted one (properties fence-first, epoch, again, alone, bounded).
FAILOVER_EXPORT PromotionReport promote(const PromotionSettings& settings, PromotionParts& parts,
                                        const PromotionApproval& approve, const Context& context);

/// Goes on with an interrupted promotion, and only that: without one there is nothing to do.
FAILOVER_EXPORT PromotionReport resume_promotion(const PromotionSettings& settings, PromotionParts& parts,
                                                 const PromotionApproval& approve, const Context& context);

/// Withdraws an interrupted promotion before its commit and lists what it switched off; after it refuses.
/// @param notifiers not owned
FAILOVER_EXPORT PromotionReport abort_promotion(const PromotionSettings& settings, Arbiter& arbiter,
                                                const Context& context,
                                                std::span<const std::unique_ptr<Notifier>> notifiers = {});

/// What one view shall be moved from and to.
struct ViewMove {
  std::vector<std::string> from;
  std::vector<std::string> to;
  std::optional<std::chrono::seconds> ttl;  ///< none = as it is
  std::optional<EpochMark> mark = {};       ///< none = it stays what it is
};

struct ViewsMoved {
  std::vector<ViewOutcome> views;
  std::optional<Error> failure;  ///< the first one; none = every view is new
};

/// The bare DNS primitive. Moves every view that still is at its `from`, then reads all of them
/// back from every authoritative server. What cannot be done in one view never undoes another.
/// @param moves one for each view
FAILOVER_EXPORT ViewsMoved move_views(std::vector<DnsView>& views, const std::vector<ViewMove>& moves,
                                      const Context& context);

/// Gives one view's records another TTL, addresses and mark as they are, and waits until every authoritative server has
/// it. The outcome's caches_expire tells until when caches may hold the old TTL. @return moved_now false: nothing to do
FAILOVER_EXPORT Result<ViewOutcome> set_view_ttl(DnsView& view, std::chrono::seconds ttl, const Context& context);

/// Two addresses of the documentation block (RFC 5737), which a canary is moved between: nobody is ever sent there.
inline constexpr std::string_view canary_home = "192.0.2.1";
inline constexpr std::string_view canary_away = "192.0.2.2";

struct CanaryFlight {
  Duration there{};  ///< until every authoritative server had it
  Duration back{};
};

/// A drill of the whole way: moves a name that nobody calls to the other address and back, each as compare-and-swap
/// with a new epoch mark and read back from every authoritative server. Refused when the name holds anything else.
/// @param view of the canary's name, in the same zone and with the same credentials as the service's
FAILOVER_EXPORT Result<CanaryFlight> fly_canary(DnsView& view, std::chrono::seconds ttl, const Context& context);

/// Holds the host's lock while it lives; an error of kind locked when a restore or promotion is at work.
FAILOVER_EXPORT Result<std::shared_ptr<void>> lock_this_host(const std::filesystem::path& state_dir);

}  // namespace failover
