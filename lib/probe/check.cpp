#include "probe/check.hpp"

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <expected>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include <failover/context.hpp>
#include <failover/error.hpp>
#include <failover/observer.hpp>

#include "core/clock.hpp"
#include "net/address.hpp"
#include "net/loop.hpp"
#include "net/own_link.hpp"
#include "net/resolver.hpp"
#include "probe/own_address.hpp"
#include "probe/prober.hpp"
#include "probe/registry.hpp"
#include "probe/sip_locator.hpp"
#include "probe/sip_route.hpp"

namespace failover {

namespace {

// Of a name with more addresses only the first ones are asked, so that each gets a fair share of the time.
constexpr std::size_t max_addresses = 8;
// A timer that comes later than this says that this host stood still (suspended, overloaded): what happened meanwhile
// says nothing about the peer.
constexpr auto standstill = std::chrono::seconds(1);

Finding unknown(const Error& error) {
  return {std::unexpected(error), error.message, Grade::ok, false};
}

/// An up that came too late for the thresholds.
Finding graded(Finding finding, Duration rtt, const ProbeOptions& options) {
  if (finding.health != Health::up) return finding;
  const bool critical = options.critical && rtt >= *options.critical;
  if (!critical && !(options.warning && rtt >= *options.warning)) return finding;
  finding.grade = std::max(finding.grade, critical ? Grade::critical : Grade::warning);
  finding.detail += ", slow";
  return finding;
}

}  // namespace

Finding combine(const std::vector<AddressFinding>& findings) {
  const AddressFinding* down = nullptr;
  bool silent = true;
  for (const auto& one : findings) {
    if (one.finding.health == Health::up) return one.finding;
    if (one.finding.health != Health::down) continue;
    down = &one;
    silent = silent && one.finding.silent;
  }
  for (const auto& one : findings) {
    const bool harmless = one.finding.no_route && down != nullptr && down->family != one.family;
    if (!one.finding.health && !harmless) return one.finding;
  }
  if (down != nullptr) {
    auto finding = down->finding;
    finding.silent = silent;
    return finding;
  }
  return unknown({ErrorKind::internal, "could not ask: no address was tried"});
}

Check::Check(const CheckPlace& place, Resolver& resolver, Target target, Deadline deadline, Done done)
    : place_(place),
      resolver_(resolver),
      target_(std::move(target)),
      deadline_(deadline),
      done_(std::move(done)),
      asked_(target_) {}

void Check::start() {
  asked_at_ = Loop::Clock::now();
  const auto* const kind = find_target_kind(target_.scheme);
  if (kind != nullptr && kind->start_local != nullptr) {
    keep(deadline_);
    running_ =
        kind->start_local(place_, target_, deadline_, [this](Finding finding) { on_finding(std::move(finding)); });
    return;
  }
  if (needs_sip_route(target_)) {
    locator_.emplace(resolver_, target_, deadline_);
    locator_->start([this](Result<SipServers> servers) { on_servers(std::move(servers)); });
    return;
  }
  lookup_ = resolver_.resolve(target_.host, target_.port, deadline_,
                              [this](Result<std::vector<Address>> addresses) { on_addresses(std::move(addresses)); });
}

void Check::on_addresses(Result<std::vector<Address>> addresses) {
  if (!addresses) return finish(unknown(addresses.error().while_doing("could not ask")));
  take(std::move(*addresses));
}

void Check::on_servers(Result<SipServers> servers) {
  if (!servers) return finish(unknown(servers.error().while_doing("could not ask")));
  std::vector<Address> addresses;
  for (const auto& server : servers->found) {
    addresses.push_back(server.address);
    transports_.push_back(server.transport);
  }
  missing_ = std::move(servers->missing);
  take(std::move(addresses));
}

void Check::take(std::vector<Address> addresses) {
  if (place_.options.refuse_own) {
    if (auto fine = refuse_own_address(addresses, place_.options.own_addresses); !fine) {
      return finish(unknown(fine.error()));
    }
  }
  addresses_ = std::move(addresses);
  if (addresses_.size() > max_addresses) addresses_.erase(addresses_.begin() + max_addresses, addresses_.end());
  ask_next();
}

void Check::ask_next() {
  const auto* const kind = find_target_kind(target_.scheme);
  if (kind == nullptr) {
    return finish(unknown({ErrorKind::internal, fmt::format("could not ask: no prober for '{}'", target_.scheme)}));
  }
  const auto left = addresses_.size() - next_;
  const auto share =
      left <= 1 ? deadline_ : deadline_.sooner(Deadline::after(deadline_.remaining() / static_cast<int>(left)));
  if (!transports_.empty()) asked_ = as_located(target_, transports_.at(next_));
  const auto address = addresses_.at(next_++);
  asked_at_ = Loop::Clock::now();
  keep(share);
  running_ = kind->start(place_, asked_, address, share, [this](Finding finding) { on_finding(std::move(finding)); });
}

void Check::keep(Deadline deadline) {
  if (deadline.is_never()) return;
  deadline_timer_ = place_.loop.at(deadline.time(), [this, due = deadline.time()] { on_deadline(due); });
}

void Check::on_deadline(Loop::Clock::time_point due) {
  const auto late = Loop::Clock::now() - due;
  if (late > standstill) {
    return finish(unknown({ErrorKind::timeout, fmt::format("could not ask: this host stood still for {} while waiting",
                                                           human_duration(late))}));
  }
  if (!running_) return;
  auto finding = running_->at_deadline();
  finding.silent = finding.health == Health::down && !running_->spoken_to();
  on_finding(std::move(finding));
}

void Check::on_finding(Finding finding) {
  deadline_timer_.reset();
  // Kept until the next one begins: this may be called from within it.
  const Pending over = std::move(running_);
  if (addresses_.empty()) return finish(std::move(finding));
  const bool up = finding.health == Health::up;
  // Property unknown-is-not-down: a down says nothing about the peer when nothing of ours can have reached it.
  if (const auto& asked = addresses_.at(next_ - 1); finding.health == Health::down && !asked.is_loopback()) {
    if (const auto why = cut_off_from(asked, place_.source)) {
      finding = unknown({ErrorKind::unreachable, fmt::format("could not ask: {} ({})", *why, finding.detail)});
    }
  }
  findings_.push_back({addresses_.at(next_ - 1).family(), std::move(finding)});
  if (!up && next_ < addresses_.size() && !deadline_.passed()) return ask_next();
  if (missing_) findings_.push_back({0, unknown(missing_->while_doing("could not ask all its servers"))});
  finish(combine(findings_));
}

void Check::finish(Finding finding) {
  deadline_timer_.reset();
  running_.reset();
  const Duration rtt = Loop::Clock::now() - asked_at_;
  finding = graded(std::move(finding), rtt, place_.options);
  Observation observation{.target = target_,
                          .health = std::move(finding.health),
                          .rtt = rtt,
                          .detail = std::move(finding.detail),
                          .grade = finding.grade,
                          .when = std::chrono::system_clock::now(),
                          .silent = finding.silent};
  // The last thing done: whoever is called may destroy this.
  const auto done = std::exchange(done_, nullptr);
  if (done) done(std::move(observation));
}

}  // namespace failover
