#include "arbiter/etcd_arbiter.hpp"

#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <utility>

#include <fmt/format.h>

#include <failover/arbiter.hpp>
#include <failover/context.hpp>
#include <failover/error.hpp>
#include <failover/registry.hpp>

#include "arbiter/claim_record.hpp"
#include "arbiter/etcd_record.hpp"
#include "arbiter/lease_keeper.hpp"
#include "arbiter/random_claim.hpp"
#include "net/etcd_client.hpp"
#include "net/etcd_location.hpp"

namespace failover {

namespace {

/// A record that is there, and the lock beside it.
struct Held {
  ClaimRecord record;
  std::optional<ClaimLock> lock;

  [[nodiscard]] StoredClaim stored() const { return {record, lock}; }
};

class EtcdArbiter final : public Arbiter {
 public:
  EtcdArbiter(EtcdLocation location, std::unique_ptr<EtcdClient> client, const ArbiterOptions& options)
      : location_(std::move(location)), options_(options), store_(std::move(client), options.service) {}

  [[nodiscard]] std::string describe() const override { return store_.describe(); }
  [[nodiscard]] bool keeps_record() const noexcept override { return true; }
  [[nodiscard]] Result<void> may_run_unattended() const override { return {}; }

  Result<ArbiterRecord> read(const Context& context) override {
    const auto stored = FO_TRY(read_record(context));
    ArbiterRecord record;
    record.epoch = stored.record.epoch;
    record.maybe.assign(stored.record.maybe.begin(), stored.record.maybe.end());
    if (!stored.record.active.empty()) record.active = stored.record.active;
    if (stored.lock) record.promoting = stored.lock->node;
    return record;
  }

  Result<void> adopt(const std::string& node, std::uint64_t epoch, const Context& context) override {
    const auto stored = FO_TRY(store_.read(context));
    if (stored.record) {
      return fail(
          ErrorKind::refused,
          fmt::format("the arbiter has a record of {} already, epoch {} with {} as active; nothing is to be adopted",
                      options_.service, stored.record->epoch,
                      stored.record->active.empty() ? "nobody" : stored.record->active));
    }
    const StoredClaim first{adopted_by(node, epoch, FO_TRY(random_claim())), stored.lock};
    return store_.change(stored, first, "", context);
  }

  Result<ArbiterClaim> claim(const ClaimRequest& request, const Context& context) override {
    const auto stored = FO_TRY(read_record(context));
    // A lock of this node is what a run of its own has left behind: the host's lock says that it runs no more.
    if (stored.lock && stored.lock->node != request.node) {
      return fail(ErrorKind::refused,
                  fmt::format("{} promotes at this moment; one of two is enough", stored.lock->node));
    }
    auto id = FO_TRY(random_claim());
    auto record = FO_TRY(claimed_by(stored.record, request, id));
    auto client = FO_TRY(EtcdClient::create(location_, options_.patience));
    keeper_ = FO_TRY(LeaseKeeper::start(std::move(client), options_.lease, context));
    Held mine{std::move(record), ClaimLock{request.node, std::move(id)}};
    const auto changed = store_.change(stored.stored(), mine.stored(), keeper_->id(), context);
    if (!changed) {
      keeper_.reset();
      if (changed.error().kind != ErrorKind::conflict) return std::unexpected(changed.error());
      return fail(ErrorKind::refused, "another node claimed in the same moment; one of two is enough");
    }
    mine_ = std::move(mine);
    return ArbiterClaim{mine_->record.epoch, others_to_fence(mine_->record, request)};
  }

  Result<void> take_up(const std::string& node, std::uint64_t epoch, const Context& context) override {
    auto stored = FO_TRY(read_record(context));
    const auto& record = stored.record;
    const bool ours = record.claimant == node && record.epoch == epoch && record.committed() &&
                      record.maybe == std::set{node} && (!stored.lock || stored.lock->node == node);
    if (!ours) {
      return fail(ErrorKind::conflict,
                  fmt::format("superseded: the arbiter knows epoch {} of {}{}", record.epoch, record.claimant,
                              stored.lock ? fmt::format(", and {} promotes", stored.lock->node) : ""));
    }
    keeper_.reset();
    mine_ = std::move(stored);
    return {};
  }

  Result<void> still_ours(const Context& context) override {
    if (!mine_) return fail(ErrorKind::internal, "nothing was claimed");
    // What is committed needs no lock, only nobody else's: the next to claim must prove this host off first.
    const bool committed = mine_->record.committed();
    if (!committed && !keeper_->alive()) return lost("its lease has ended");
    const auto now = FO_TRY(store_.read(context));
    if (now.record != std::optional(mine_->record)) return lost("another has changed the record");
    const bool held = now.lock == mine_->lock || (committed && !now.lock);
    return held ? Result<void>{} : lost("the lock is not ours any more");
  }

  Result<void> confirm_off(const std::string& node, const Context& context) override {
    if (!mine_) return fail(ErrorKind::internal, "nothing was claimed");
    // Behind a commit everybody else has left it long ago.
    if (!mine_->record.maybe.contains(node)) return {};
    return become(without(mine_->record, node), context);
  }

  Result<void> commit(const Context& context) override {
    if (!mine_) return fail(ErrorKind::internal, "nothing was claimed");
    return become(FO_TRY(committed_by_claimant(mine_->record)), context);
  }

  Result<void> withdraw(const std::string& node, std::uint64_t epoch, const Context& context) override {
    const auto stored = FO_TRY(store_.read(context));
    const auto& record = stored.record;
    const bool stands = record && record->claimant == node && record->epoch == epoch && !record->committed();
    keeper_.reset();
    mine_.reset();
    if (!stands) return {};
    const bool own_lock = stored.lock && stored.lock->node == node;
    return forgive_conflict(
        store_.change(stored, {withdrawn(*record), own_lock ? std::nullopt : stored.lock}, "", context));
  }

  Result<std::uint64_t> hand_over(const std::string& from, const std::string& to, std::uint64_t floor,
                                  const Context& context) override {
    const auto stored = FO_TRY(read_record(context));
    const auto& record = stored.record;
    if (record.claimant == to && record.committed() && record.maybe == std::set{to}) return record.epoch;
    if (stored.lock && stored.lock->node != from) return lost(stored.lock->node + " promotes");
    auto claim = FO_TRY(random_claim());
    auto next = FO_TRY(handed_over(record, from, to, floor, std::move(claim)));
    const auto epoch = next.epoch;
    const auto changed = store_.change(stored.stored(), {std::move(next), std::nullopt}, "", context);
    if (!changed && changed.error().kind == ErrorKind::conflict) return lost(changed.error().message);
    FO_TRY(changed);
    keeper_.reset();
    mine_.reset();
    return epoch;
  }

  Result<void> leave(const std::string& node, const Context& context) override {
    const auto stored = FO_TRY(store_.read(context));
    const auto& record = stored.record;
    if (!record || (!record->maybe.contains(node) && record->active != node)) return {};
    return store_.change(stored, {left_by(*record, node), stored.lock}, "", context);
  }

  Result<void> release(const Context& context) override {
    if (!mine_ || !mine_->lock) return {};
    const auto result = store_.change(mine_->stored(), {mine_->record, std::nullopt}, "", context);
    keeper_.reset();
    mine_.reset();
    return forgive_conflict(result);
  }

 private:
  static std::unexpected<Error> lost(std::string_view why) {
    return fail(ErrorKind::conflict, fmt::format("the claim is lost: {}", why));
  }

  /// What is given back and was changed by another in between is not ours any more: that is what was wanted.
  static Result<void> forgive_conflict(const Result<void>& result) {
    if (!result && result.error().kind == ErrorKind::conflict) return {};
    return result;
  }

  Result<Held> read_record(const Context& context) {
    auto stored = FO_TRY(store_.read(context));
    if (stored.record) return Held{std::move(*stored.record), std::move(stored.lock)};
    return fail(ErrorKind::not_found,
                fmt::format("the arbiter has no record of {}: on the host that serves, type once: fo-promote adopt",
                            options_.service));
  }

  Result<void> become(ClaimRecord record, const Context& context) {
    // Only a claim of this run changes the record, and only as long as it stands.
    if (!mine_ || !keeper_ || !keeper_->alive()) return lost("its lease has ended");
    Held next{std::move(record), mine_->lock};
    const auto changed = store_.change(mine_->stored(), next.stored(), "", context);
    if (!changed && changed.error().kind == ErrorKind::conflict) return lost(changed.error().message);
    FO_TRY(changed);
    mine_ = std::move(next);
    return {};
  }

  EtcdLocation location_;
  ArbiterOptions options_;
  EtcdRecord store_;
  std::optional<Held> mine_;             ///< what the store holds as far as it is this run's
  std::unique_ptr<LeaseKeeper> keeper_;  ///< of the claim; none behind the commit of an earlier run
};

}  // namespace

Result<std::unique_ptr<Arbiter>> make_etcd_arbiter(std::string_view url, const ArbiterOptions& options) {
  if (options.service.empty()) return fail(ErrorKind::usage, "which service? Add --service FQDN");
  auto location = FO_TRY(parse_etcd_location(url));
  auto client = FO_TRY(EtcdClient::create(location, options.patience));
  return std::make_unique<EtcdArbiter>(std::move(location), std::move(client), options);
}

}  // namespace failover
