#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include <failover/arbiter.hpp>
#include <failover/context.hpp>
#include <failover/dns.hpp>
#include <failover/error.hpp>
#include <failover/fencer.hpp>
#include <failover/observer.hpp>

#include "state/role_file.hpp"
#include "unit/promote/facts.hpp"

/// What stands around one host when it adopts, rejoins or gives back: everything says what a test says.
namespace failover::promote_test {

inline const Result<Health> up = Health::up;
inline const Result<Health> down = Health::down;
inline const Result<Health> unknown = fail(ErrorKind::unreachable, "no route");

/// What this host, "b", finds when it asks for the record, the others and itself. As it begins: "a" serves, is on
/// record with epoch 5, and can be told to start.
struct Night {
  bool keeps_record = true;
  Result<ArbiterRecord> record = ArbiterRecord{5, {"a"}, "a", std::nullopt};
  std::optional<RoleRecord> role;
  Result<Health> self = down;
  Result<Health> a = up;
  Result<Health> c = down;
  bool knows_c = false;
  std::vector<Result<ServiceRecord>> views{
      ServiceRecord{{"192.0.2.1"}, std::chrono::seconds(60), EpochMark{5, "a", ""}}};
  bool can_start = true;
  Result<FenceState> fence_status = FenceState::on;
  bool unfinished = false;  ///< a promotion of this host
  bool stop_hook = true;
  bool self_probe = true;
};

class NightArbiter final : public Arbiter {
 public:
  explicit NightArbiter(Night& night) : night_(night) {}
  [[nodiscard]] std::string describe() const override { return "a record"; }
  [[nodiscard]] bool keeps_record() const noexcept override { return night_.keeps_record; }
  [[nodiscard]] Result<void> may_run_unattended() const override { return {}; }
  Result<ArbiterRecord> read(const Context&) override { return night_.record; }
  Result<void> adopt(const std::string&, std::uint64_t, const Context&) override { return {}; }
  Result<ArbiterClaim> claim(const ClaimRequest&, const Context&) override { return not_here(); }
  Result<void> take_up(const std::string&, std::uint64_t, const Context&) override { return not_here(); }
  Result<void> still_ours(const Context&) override { return not_here(); }
  Result<void> confirm_off(const std::string&, const Context&) override { return not_here(); }
  Result<void> commit(const Context&) override { return not_here(); }
  Result<void> withdraw(const std::string&, std::uint64_t, const Context&) override { return not_here(); }
  Result<std::uint64_t> hand_over(const std::string&, const std::string&, std::uint64_t floor,
                                  const Context&) override {
    return floor + 1;
  }
  Result<void> leave(const std::string&, const Context&) override { return {}; }
  Result<void> release(const Context&) override { return {}; }

 private:
  static std::unexpected<Error> not_here() { return fail(ErrorKind::internal, "not asked for here"); }
  Night& night_;
};

class NightObserver final : public Observer {
 public:
  explicit NightObserver(Night& night) : night_(night) {}
  std::vector<Observation> observe(std::span<const Target> targets, const Context&) override {
    std::vector<Observation> list;
    for (const auto& target : targets) {
      list.push_back(seen(target.text, target.host == "self" ? night_.self : target.host == "a" ? night_.a : night_.c));
    }
    return list;
  }

 private:
  Night& night_;
};

class NightFencer final : public Fencer {
 public:
  explicit NightFencer(Night& night) : night_(night) {}
  [[nodiscard]] std::string describe() const override { return "ssh (service)"; }
  [[nodiscard]] FenceKind kind() const noexcept override { return FenceKind::service; }
  Result<FenceState> status(const FenceTarget&, const Context&) override { return night_.fence_status; }
  Result<void> fence(const FenceTarget&, const Context&) override { return {}; }
  [[nodiscard]] bool gives_back() const noexcept override { return night_.can_start; }
  Result<void> give_back(const FenceTarget&, const Context&) override {
    night_.a = Health::up;
    return {};
  }

 private:
  Night& night_;
};

class NightUpdater final : public DnsUpdater {
 public:
  explicit NightUpdater(Result<ServiceRecord>& record) : record_(record) {}
  [[nodiscard]] std::string describe() const override { return "a zone"; }
  [[nodiscard]] Swap swap() const noexcept override { return Swap::atomic; }
  Result<ServiceRecord> current(const Context&) override { return record_; }
  Result<void> replace(const ServiceRecord&, const ServiceRecord& to, const Context&) override {
    record_ = to;
    return {};
  }
  Result<void> prove_access(const Context&) override { return {}; }

 private:
  Result<ServiceRecord>& record_;
};

class NightVerifier final : public DnsVerifier {
 public:
  Result<std::vector<ServerAnswer>> ask_all(const Context&) override { return std::vector<ServerAnswer>{}; }
  Result<void> wait_until(const ServiceRecord&, const Context&) override { return {}; }
};

inline Target target(const std::string& host) {
  return {"sip://" + host, "sip", host, 5060, "", {}};
}

}  // namespace failover::promote_test
