#include "arbiter/dns_arbiter.hpp"

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <expected>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <utility>

#include <fmt/format.h>

#include <failover/arbiter.hpp>
#include <failover/context.hpp>
#include <failover/dns.hpp>
#include <failover/error.hpp>
#include <failover/registry.hpp>

#include "arbiter/claim_record.hpp"
#include "arbiter/dns_claim.hpp"
#include "arbiter/random_claim.hpp"
#include "core/clock.hpp"
#include "core/pause.hpp"

namespace failover {

namespace {

constexpr Duration pause_before_reading_back = std::chrono::milliseconds(100);
/// For one sending and what it takes to learn its outcome; then it is sent again.
constexpr Duration patience_with_a_change = std::chrono::seconds(15);
/// Of a run without a deadline.
constexpr Duration longest_run = std::chrono::hours(24);

/// Whether it happened is not known.
bool leaves_open(const Error& error) noexcept {
  return error.kind == ErrorKind::timeout || error.kind == ErrorKind::unreachable ||
         error.kind == ErrorKind::protocol || error.kind == ErrorKind::integrity;
}

/// The mark as it was read, byte for byte what the next change demands, and what it says.
struct Stored {
  EpochMark mark;
  DnsClaim claim;
};

class DnsArbiter final : public Arbiter {
 public:
  explicit DnsArbiter(const ArbiterOptions& options) : options_(options) {}

  [[nodiscard]] std::string describe() const override { return "the epoch mark in DNS, " + options_.mark->describe(); }
  [[nodiscard]] bool keeps_record() const noexcept override { return true; }
  [[nodiscard]] bool claims_in_dns() const noexcept override { return true; }
  [[nodiscard]] Result<void> may_run_unattended() const override { return {}; }

  Result<ArbiterRecord> read(const Context& context) override {
    const auto [mark, claim] = FO_TRY(read_record(context));
    ArbiterRecord record;
    record.epoch = claim.record.epoch;
    record.maybe.assign(claim.record.maybe.begin(), claim.record.maybe.end());
    if (!claim.record.active.empty()) record.active = claim.record.active;
    record.overrulable = true;
    if (may_be_at_work(claim, std::chrono::system_clock::now())) record.promoting = claim.record.claimant;
    return record;
  }

  Result<void> adopt(const std::string& node, std::uint64_t epoch, const Context& context) override {
    const auto mark = FO_TRY(read_mark(context));
    if (mark && !mark->record.empty()) {
      return fail(ErrorKind::refused, fmt::format("DNS has a record of {} already: {}; nothing is to be adopted",
                                                  options_.service, to_txt(*mark)));
    }
    const DnsClaim first{
        adopted_by(node, epoch, FO_TRY(random_claim())), rfc3339(std::chrono::system_clock::now()), {}};
    return change(mark, FO_TRY(mark_of(first)), context);
  }

  Result<ArbiterClaim> claim(const ClaimRequest& request, const Context& context) override {
    const auto stored = FO_TRY(read_record(context));
    const auto now = std::chrono::system_clock::now();
    // A claim of this node is what a run of its own has left behind: the host's lock says that it runs no more.
    const bool other = stored.claim.record.claimant != request.node;
    if (other && !options_.attended && may_be_at_work(stored.claim, now)) {
      return fail(ErrorKind::refused, at_work(stored.claim) + "; one of two is enough");
    }
    const auto ends = now + std::min(context.deadline.remaining(), longest_run);
    auto id = FO_TRY(random_claim());
    Stored mine;
    mine.claim = {FO_TRY(claimed_by(stored.claim.record, request, std::move(id))), rfc3339(now),
                  std::chrono::ceil<std::chrono::seconds>(ends)};
    mine.mark = FO_TRY(mark_of(mine.claim));
    const auto changed = change(stored.mark, mine.mark, context);
    if (!changed && changed.error().kind == ErrorKind::conflict) {
      return fail(ErrorKind::refused, "another node claimed in the same moment; one of two is enough");
    }
    FO_TRY(changed);
    mine_ = std::move(mine);
    return ArbiterClaim{mine_->claim.record.epoch, others_to_fence(mine_->claim.record, request)};
  }

  Result<void> take_up(const std::string& node, std::uint64_t epoch, const Context& context) override {
    auto stored = FO_TRY(read_record(context));
    const auto& record = stored.claim.record;
    const bool ours =
        record.claimant == node && record.epoch == epoch && record.committed() && record.maybe == std::set{node};
    if (!ours) {
      return fail(ErrorKind::conflict,
                  fmt::format("superseded: DNS knows epoch {} of {}", record.epoch, record.claimant));
    }
    mine_ = std::move(stored);
    return {};
  }

  Result<void> still_ours(const Context& context) override {
    if (!mine_) return fail(ErrorKind::internal, "nothing was claimed");
    const auto now = FO_TRY(read_mark(context));
    return now == mine_->mark ? Result<void>{}
                              : lost(now ? "DNS has " + to_txt(*now) : "DNS has no epoch mark any more");
  }

  Result<void> confirm_off(const std::string& node, const Context& context) override {
    if (!mine_) return fail(ErrorKind::internal, "nothing was claimed");
    // Behind a commit everybody else has left it long ago.
    if (!mine_->claim.record.maybe.contains(node)) return {};
    return become(without(mine_->claim.record, node), context);
  }

  Result<void> commit(const Context& context) override {
    if (!mine_) return fail(ErrorKind::internal, "nothing was claimed");
    return become(FO_TRY(committed_by_claimant(mine_->claim.record)), context);
  }

  Result<void> withdraw(const std::string& node, std::uint64_t epoch, const Context& context) override {
    mine_.reset();
    const auto mark = FO_TRY(read_mark(context));
    if (!mark || mark->record.empty()) return {};
    const auto claim = FO_TRY(claim_in(*mark));
    const auto& record = claim.record;
    if (record.claimant != node || record.epoch != epoch || record.committed()) return {};
    return give_up(*mark, {withdrawn(record), claim.time, {}}, context);
  }

  Result<std::uint64_t> hand_over(const std::string& from, const std::string& to, std::uint64_t floor,
                                  const Context& context) override {
    const auto stored = FO_TRY(read_record(context));
    const auto& record = stored.claim.record;
    if (record.claimant == to && record.committed() && record.maybe == std::set{to}) return record.epoch;
    const auto now = std::chrono::system_clock::now();
    if (record.claimant != from && may_be_at_work(stored.claim, now)) return lost(at_work(stored.claim));
    auto id = FO_TRY(random_claim());
    const DnsClaim given{FO_TRY(handed_over(record, from, to, floor, std::move(id))), rfc3339(now), {}};
    const auto changed = change(stored.mark, FO_TRY(mark_of(given)), context);
    if (!changed && changed.error().kind == ErrorKind::conflict) return lost(changed.error().message);
    FO_TRY(changed);
    mine_.reset();
    return given.record.epoch;
  }

  Result<void> leave(const std::string& node, const Context& context) override {
    const auto mark = FO_TRY(read_mark(context));
    if (!mark || mark->record.empty()) return {};
    const auto claim = FO_TRY(claim_in(*mark));
    if (!claim.record.maybe.contains(node) && claim.record.active != node) return {};
    const DnsClaim left{left_by(claim.record, node), claim.time, claim.until};
    return change(mark, FO_TRY(mark_of(left)), context);
  }

  Result<void> release(const Context& context) override {
    if (!mine_ || !mine_->claim.until) return {};
    const auto held = *mine_;
    mine_.reset();
    return give_up(held.mark, {held.claim.record, held.claim.time, {}}, context);
  }

 private:
  static std::unexpected<Error> lost(std::string_view why) {
    return fail(ErrorKind::conflict, fmt::format("the claim is lost: {}", why));
  }

  static std::string at_work(const DnsClaim& claim) {
    return fmt::format("{} promotes since {} and ends by {}", claim.record.claimant, claim.time,
                       rfc3339(claim.until.value_or(WallTime())));
  }

  Result<std::optional<EpochMark>> read_mark(const Context& context) {
    return FO_TRY(options_.mark->current(context)).mark;
  }

  Result<Stored> read_record(const Context& context) {
    auto mark = FO_TRY(read_mark(context));
    if (!mark || mark->record.empty()) {
      return fail(ErrorKind::not_found,
                  fmt::format("DNS has no arbiter's record of {}: on the host that serves, type once: "
                              "fo-promote adopt",
                              options_.service));
    }
    auto claim = FO_TRY(claim_in(*mark));
    return Stored{std::move(*mark), std::move(claim)};
  }

  Result<void> become(ClaimRecord record, const Context& context) {
    if (!mine_) return fail(ErrorKind::internal, "nothing was claimed");
    DnsClaim claim{std::move(record), mine_->claim.time, mine_->claim.until};
    auto mark = FO_TRY(mark_of(claim));
    const auto changed = change(mine_->mark, mark, context);
    if (!changed && changed.error().kind == ErrorKind::conflict) return lost(changed.error().message);
    FO_TRY(changed);
    mine_ = Stored{std::move(mark), std::move(claim)};
    return {};
  }

  /// What another has changed in between is not ours any more: that is what was wanted.
  Result<void> give_up(const EpochMark& from, const DnsClaim& to, const Context& context) {
    const auto changed = change(from, FO_TRY(mark_of(to)), context);
    return !changed && changed.error().kind == ErrorKind::conflict ? Result<void>{} : changed;
  }

  /// Compare-and-swap. Kind conflict: DNS held something else than `from`, and nothing was changed. `to` is one of a
  /// kind, so reading it back proves that it was this change that happened.
  Result<void> change(const std::optional<EpochMark>& from, const EpochMark& to, const Context& context) {
    ServiceRecord before;
    before.mark = from;
    ServiceRecord after;
    after.mark = to;
    while (true) {
      const auto done = options_.mark->replace(before, after, context.within(patience_with_a_change));
      const bool conflict = !done && done.error().kind == ErrorKind::conflict;
      if (done || !(conflict || leaves_open(done.error()))) return done;
      if (!conflict) FO_TRY(pause_between_tries(pause_before_reading_back, context));
      const auto now = read_mark(context);
      if (!now) return done;
      if (*now == to) return {};
      // Sent again it does nothing twice: its prerequisites hold once.
      if (conflict || *now != from)
        return fail(ErrorKind::conflict, "the record in DNS was changed by another in between");
    }
  }

  ArbiterOptions options_;
  std::optional<Stored> mine_;  ///< what DNS holds as far as it is this run's
};

}  // namespace

Result<std::unique_ptr<Arbiter>> make_dns_arbiter(const ArbiterOptions& options) {
  if (!options.mark) return fail(ErrorKind::usage, "the arbiter 'dns' needs a name server; add --dns UPDATER");
  if (options.mark->swap() != Swap::atomic) {
    return fail(
        ErrorKind::config,
        fmt::format("{} cannot decide between two hosts: it does not compare and write in one step; use another "
                    "updater, or another arbiter",
                    options.mark->describe()));
  }
  return std::make_unique<DnsArbiter>(options);
}

}  // namespace failover
