#pragma once

#include <chrono>
#include <filesystem>
#include <fstream>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include <failover/arbiter.hpp>
#include <failover/context.hpp>
#include <failover/dns.hpp>
#include <failover/error.hpp>
#include <failover/fencer.hpp>
#include <failover/observer.hpp>
#include <failover/promoter.hpp>
#include <failover/role.hpp>
#include <failover/watch.hpp>

#include "arbiter/operator_arbiter.hpp"
#include "state/restored_generation.hpp"
#include "state/state_dir.hpp"
#include "support/temporary_directory.hpp"
#include "unit/promote/facts.hpp"

/// A pair of hosts, a fence device and a zone in memory; the state directory, the journal and the hooks are real.
namespace failover::promote_test {

/// The machine stops here: nothing behind it runs, what was written before it stays.
struct Crash {};

struct World {
  bool peer_runs = false;    ///< the old active answers its probes
  bool peer_powered = true;  ///< what the fence device would say
  bool peer_probe_unknown = false;
  bool third_node = false;  ///< there is a node "c" beside the old active
  bool third_runs = false;  ///< and it answers its probes
  bool references_up = true;
  std::function<void()> on_fence;  ///< what the fence device does besides
  std::optional<Error> fence_fails;
  bool fencer_lies = false;  ///< says off, and the host answers all the same
  ServiceRecord record{{"192.0.2.1"}, std::chrono::seconds(60), EpochMark{3, "a", "2026-01-01T00:00:00Z"}};
  std::optional<Error> dns_fails;
  Swap swap = Swap::atomic;
  std::function<void(World&)> before_replace;
  std::optional<Error> verify_fails;
  std::vector<std::string> log;
  int calls = 0;
  int crash_at = -1;  ///< the number of the call before whose effect the machine stops

  std::filesystem::path started;  ///< made by the start-hook
  [[nodiscard]] bool serves_here() const { return std::filesystem::exists(started); }

  /// Every contact with the world goes through here: counted, audited, and the place of a crash.
  void contact(std::string what) {
    // Property fence-first, audited at every contact: never both.
    if (serves_here() && peer_powered) log.push_back("BOTH ON");
    log.push_back(std::move(what));
    if (++calls == crash_at) throw Crash{};
  }
  [[nodiscard]] bool logged(const std::string& what) const { return std::ranges::find(log, what) != log.end(); }
};

class FakeObserver final : public Observer {
 public:
  explicit FakeObserver(World& world) : world_(world) {}
  std::vector<Observation> observe(std::span<const Target> targets, const Context& /*context*/) override {
    world_.contact("observe");
    std::vector<Observation> list;
    for (const auto& target : targets) list.push_back(look(target));
    return list;
  }

 private:
  Observation look(const Target& target) const {
    auto observation = seen(target.text, health(target.host));
    observation.target = target;
    return observation;
  }
  [[nodiscard]] Result<Health> health(const std::string& host) const {
    if (host == "self") return world_.serves_here() ? Health::up : Health::down;
    if (host == "third") return world_.third_runs ? Health::up : Health::down;
    if (host != "peer") return world_.references_up ? Health::up : Health::down;
    if (world_.peer_probe_unknown) return fail(ErrorKind::unreachable, "no network");
    return world_.peer_runs ? Health::up : Health::down;
  }
  World& world_;
};

class FakeFencer final : public Fencer {
 public:
  explicit FakeFencer(World& world) : world_(world) {}
  [[nodiscard]] std::string describe() const override { return "fake (power)"; }
  [[nodiscard]] FenceKind kind() const noexcept override { return FenceKind::power; }
  Result<FenceState> status(const FenceTarget& /*target*/, const Context& /*context*/) override {
    world_.contact("status");
    return world_.peer_powered && !world_.fencer_lies ? FenceState::on : FenceState::off;
  }
  Result<void> fence(const FenceTarget& target, const Context& /*context*/) override {
    world_.contact("fence " + std::to_string(target.epoch));
    if (world_.on_fence) world_.on_fence();
    if (world_.fence_fails) return std::unexpected(*world_.fence_fails);
    if (world_.fencer_lies) return {};
    world_.peer_powered = false;
    world_.peer_runs = false;
    world_.contact("fenced");
    return {};
  }

 private:
  World& world_;
};

class FakeUpdater final : public DnsUpdater {
 public:
  explicit FakeUpdater(World& world) : world_(world) {}
  [[nodiscard]] std::string describe() const override { return "fake zone"; }
  [[nodiscard]] Swap swap() const noexcept override { return world_.swap; }
  Result<ServiceRecord> current(const Context& /*context*/) override {
    world_.contact("current");
    if (world_.dns_fails) return std::unexpected(*world_.dns_fails);
    return world_.record;
  }
  Result<void> replace(const ServiceRecord& from, const ServiceRecord& to, const Context& /*context*/) override {
    if (world_.before_replace) std::exchange(world_.before_replace, nullptr)(world_);
    world_.contact("replace");
    if (world_.dns_fails) return std::unexpected(*world_.dns_fails);
    if (!(world_.record.addresses == from.addresses && world_.record.mark == from.mark)) {
      return fail(ErrorKind::conflict, "not as it was read");
    }
    world_.record = to;
    world_.contact("replaced");
    return {};
  }
  Result<void> prove_access(const Context& /*context*/) override {
    world_.contact("prove");
    return {};
  }

 private:
  World& world_;
};

class FakeVerifier final : public DnsVerifier {
 public:
  explicit FakeVerifier(World& world) : world_(world) {}
  Result<std::vector<ServerAnswer>> ask_all(const Context& /*context*/) override {
    std::vector<ServerAnswer> answers;
    answers.push_back({"ns1", world_.record});
    return answers;
  }
  Result<void> wait_until(const ServiceRecord& wanted, const Context& /*context*/) override {
    world_.contact("verify");
    if (world_.verify_fails) return std::unexpected(*world_.verify_fails);
    if (wanted.addresses != world_.record.addresses || wanted.mark != world_.record.mark) {
      return fail(ErrorKind::timeout, "ns1 lags");
    }
    return {};
  }

 private:
  World& world_;
};

/// Everything around one host that promotes.
class Stage {
 public:
  Stage() {
    const auto state = StateDir::open(directory_ / "state");
    RestoredGeneration generation;
    generation.generation = 1;
    generation.backup = "/backups/nightly.zip";
    generation.backup_time = std::chrono::system_clock::now() - std::chrono::hours(3);
    generation.restored = std::chrono::system_clock::now() - std::chrono::hours(2);
    if (!state || !write_restored_generation(*state, generation)) throw std::runtime_error("no state directory");
    settings.service = "pbx.example";
    settings.node = "b";
    settings.to = {"192.0.2.2"};
    settings.references = {target("r1"), target("r2")};
    settings.self_probes = {target("self")};
    settings.tries_interval = Duration::zero();
    settings.assume_was_up = true;
    settings.hook_timeout = std::chrono::seconds(2);
    settings.state_dir = directory_ / "state";
    settings.resume_command = "fo-promote resume";
    settings.abort_command = "fo-promote abort";
    world.started = directory_ / "started";
    settings.start_hook =
        script("start", "echo start >> " + (directory_ / "starts").string() + "; touch " + world.started.string());
  }

  static Target target(const std::string& host) { return {"sip://" + host, "sip", host, 5060, "", {}}; }

  std::filesystem::path script(const std::string& name, const std::string& body) {
    const auto path = directory_ / name;
    std::ofstream(path) << "#!/bin/sh\n" << body << "\n";
    std::filesystem::permissions(path, std::filesystem::perms::owner_all);
    return path;
  }

  PromotionReport go(bool resume = false, const PromotionApproval& approve = {}, const Context& context = {}) {
    FakeObserver observer(world);
    const auto person = make_operator_arbiter({settings.attended, true});
    PromotionParts parts{observer, observer, arbiter != nullptr ? *arbiter : *person, {}, {}};
    PromotionPeer peer{"a", {"192.0.2.1"}, {target("peer")}, {}};
    peer.fencers.push_back(std::make_unique<FakeFencer>(world));
    parts.peers.push_back(std::move(peer));
    if (world.third_node) {
      PromotionPeer third{"c", {"192.0.2.3"}, {target("third")}, {}};
      third.fencers.push_back(std::make_unique<FakeFencer>(world));
      parts.peers.push_back(std::move(third));
    }
    DnsView view;
    view.name = "fake";
    view.updater = std::make_unique<FakeUpdater>(world);
    view.verifier = std::make_unique<FakeVerifier>(world);
    parts.views.push_back(std::move(view));
    parts.observers = std::move(observers);
    parts.notifiers = std::move(notifiers);
    return resume ? resume_promotion(settings, parts, approve, context) : promote(settings, parts, approve, context);
  }

  PromotionReport abort() {
    const auto person = make_operator_arbiter({true, true});
    return abort_promotion(settings, *person, {});
  }

  [[nodiscard]] PromotionStatus status() const { return *promotion_status(settings.state_dir); }

  World world;
  PromotionSettings settings;
  Arbiter* arbiter = nullptr;                         ///< none: the person at the terminal
  std::vector<std::unique_ptr<Witnesses>> observers;  ///< of the next run
  std::vector<std::unique_ptr<Notifier>> notifiers;   ///< of the next run

 private:
  test::TemporaryDirectory directory_;
};

}  // namespace failover::promote_test
