#include "arbiter/operator_arbiter.hpp"

#include <algorithm>
#include <cstdint>
#include <limits>
#include <memory>
#include <optional>
#include <set>
#include <string>

#include <failover/arbiter.hpp>
#include <failover/context.hpp>
#include <failover/error.hpp>
#include <failover/registry.hpp>

namespace failover {

namespace {

class OperatorArbiter final : public Arbiter {
 public:
  explicit OperatorArbiter(const ArbiterOptions& options) noexcept : options_(options) {}

  [[nodiscard]] std::string describe() const override {
    return options_.attended ? "the operator at this terminal" : "nobody (only-standby)";
  }

  [[nodiscard]] bool keeps_record() const noexcept override { return false; }

  [[nodiscard]] Result<void> may_run_unattended() const override {
    if (options_.only_standby) return {};
    return fail(ErrorKind::refused,
                "the operator arbiter decides by a person at a terminal; to run unattended, set only-standby = true if "
                "no other standby exists");
  }

  Result<ArbiterRecord> read(const Context& /*context*/) override {
    ArbiterRecord record;
    record.maybe.assign(maybe_.begin(), maybe_.end());
    record.active = active_;
    record.epoch = epoch_;
    return record;
  }

  Result<void> adopt(const std::string& /*node*/, std::uint64_t /*epoch*/, const Context& /*context*/) override {
    return {};
  }

  Result<ArbiterClaim> claim(const ClaimRequest& request, const Context& /*context*/) override {
    if (!options_.attended) FO_TRY(may_run_unattended());
    if (request.epoch_floor == std::numeric_limits<std::uint64_t>::max()) {
      return fail(ErrorKind::refused, "no epoch is left above the one in DNS or the journal; look at the TXT record");
    }
    node_ = request.node;
    epoch_ = request.epoch_floor + 1;
    maybe_ = {request.peers.begin(), request.peers.end()};
    maybe_.insert(node_);
    active_.reset();
    return ArbiterClaim{epoch_, request.peers};
  }

  Result<void> take_up(const std::string& /*node*/, std::uint64_t /*epoch*/, const Context& /*context*/) override {
    return {};
  }

  Result<void> still_ours(const Context& /*context*/) override { return {}; }

  Result<void> confirm_off(const std::string& node, const Context& /*context*/) override {
    maybe_.erase(node);
    return {};
  }

  Result<void> commit(const Context& /*context*/) override {
    if (maybe_ != std::set{node_}) {
      return fail(ErrorKind::refused, "not every other node is confirmed off, so nothing may start here");
    }
    active_ = node_;
    return {};
  }

  Result<void> withdraw(const std::string& /*node*/, std::uint64_t /*epoch*/, const Context& /*context*/) override {
    maybe_.clear();
    active_.reset();
    return {};
  }

  Result<std::uint64_t> hand_over(const std::string& /*from*/, const std::string& to, std::uint64_t floor,
                                  const Context& /*context*/) override {
    epoch_ = std::max(epoch_, floor) + 1;
    maybe_ = {to};
    active_ = to;
    return epoch_;
  }

  Result<void> leave(const std::string& node, const Context& /*context*/) override {
    maybe_.erase(node);
    if (active_ == node) active_.reset();
    return {};
  }

  Result<void> release(const Context& /*context*/) override { return {}; }

 private:
  ArbiterOptions options_;
  std::string node_;
  std::uint64_t epoch_ = 0;
  std::set<std::string> maybe_;
  std::optional<std::string> active_;
};

}  // namespace

std::unique_ptr<Arbiter> make_operator_arbiter(const ArbiterOptions& options) {
  return std::make_unique<OperatorArbiter>(options);
}

}  // namespace failover
