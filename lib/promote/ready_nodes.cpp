#include <algorithm>
#include <chrono>
#include <cstddef>
#include <set>
#include <string>
#include <vector>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <failover/context.hpp>
#include <failover/error.hpp>
#include <failover/fencer.hpp>
#include <failover/observer.hpp>
#include <failover/promoter.hpp>
#include <failover/restorer.hpp>
#include <failover/role.hpp>

#include "core/clock.hpp"
#include "promote/ready_rows.hpp"

namespace failover {

namespace {

using enum ReadyGrade;

constexpr std::size_t references_unattended = 2;

bool is_up(const Observation& one) noexcept {
  return one.health == Health::up;
}

/// Where a service is met, apart from the host: "sip udp 5060".
std::string door(const Target& target) {
  const auto* transport = target.parameter("transport");
  const auto* named = transport != nullptr ? transport->c_str() : target.scheme == "sip" ? "udp" : "tcp";
  return fmt::format("{} {} {}", target.scheme, named, target.port);
}

/// What stands for a service that callers use.
bool is_service(const Target& target) noexcept {
  return target.scheme != "icmp" && target.scheme != "exec" && target.scheme != "dns";
}

bool shows_certificate(const Target& target) noexcept {
  const auto* transport = target.parameter("transport");
  return target.scheme == "https" || target.scheme == "sips" || target.scheme == "tls" ||
         (transport != nullptr && *transport == "tls");
}

bool is_for(const BackupCertificate& certificate, const std::string& service) {
  const auto& subject = certificate.subject;
  return subject.contains("CN=" + service + ",") || subject.ends_with("CN=" + service);
}

void add_fence_row(ReadyRows& rows, const PeerFacts& peer) {
  if (peer.fencers.empty()) {
    return rows.add("fence", peer.name, critical, "it has no fencer, so nothing could prove that it is off",
                    fmt::format("add --fence {}=FENCER", peer.name));
  }
  std::vector<std::string> silent;
  std::size_t persons = 0;
  for (const auto& fencer : peer.fencers) {
    if (fencer.kind == FenceKind::person) {
      ++persons;
    } else if (!fencer.status) {
      silent.push_back(fencer.status.error().message);
    } else if (*fencer.status == FenceState::off && peer.verdict.health == Health::up) {
      return rows.add(
          "fence", peer.name, critical,
          fmt::format("{} says that it is off, but it answers: that is another host's device", fencer.description),
          "look which outlet, port or address the fencer is told");
    }
  }
  const auto devices = peer.fencers.size() - persons;
  if (devices == silent.size() && persons == 0) {
    rows.add("fence", peer.name, critical, fmt::format("no fencer of it can be asked: {}", fmt::join(silent, "; ")),
             "nothing could prove that it is off; mend the fencer");
  } else if (!silent.empty()) {
    rows.add("fence", peer.name, warning, fmt::format("a fencer of it cannot be asked: {}", fmt::join(silent, "; ")),
             "mend the fencer");
  } else if (devices == 0 && rows.facts.promotion.unattended) {
    rows.add("fence", peer.name, warning,
             "only a person's word can say that it is off, so nothing will be promoted unattended",
             "add a fencer that is a program");
  } else {
    rows.ok("fence", peer.name,
            devices == 0 ? "a person will say that it is off" : fmt::format("{} of {} can be asked", devices, devices));
  }
}

}  // namespace

void add_fence_rows(ReadyRows& rows) {
  if (rows.facts.promotion.peers.empty())
    rows.add("fence", {}, critical, "no other node is known", "add a [node.NAME] section");
  for (const auto& peer : rows.facts.promotion.peers) add_fence_row(rows, peer);
}

void add_active_row(ReadyRows& rows) {
  const auto* active = rows.active();
  if (active == nullptr)
    return rows.add("active", {}, unknown, "which host is the active one cannot be told", "see record and name");
  const auto& verdict = active->verdict;
  if (active->observations.empty()) {
    rows.add("active", active->name, critical, "nothing tells how it is",
             fmt::format("add --probe {}=TARGET", active->name));
  } else if (!verdict.health) {
    rows.add("active", active->name, unknown, verdict.health.error().message, "fo-probe tells why");
  } else if (*verdict.health == Health::down) {
    rows.add("active", active->name, critical, fmt::format("it is down: {}; this is a failover now", verdict.reason),
             "fo-promote run");
  } else if (const auto down = std::ranges::find_if_not(active->observations, is_up);
             down != active->observations.end()) {
    rows.add("active", active->name, warning,
             fmt::format("it is up, but {}: {}", down->target.text,
                         down->health ? down->detail : down->health.error().message),
             "fo-probe tells more");
  } else {
    rows.ok("active", active->name, verdict.reason);
  }
}

void add_seen_up_rows(ReadyRows& rows) {
  if (rows.settings.assume_was_up) return;
  for (const auto& peer : rows.facts.promotion.peers) {
    if (!peer.never_up) {
      rows.add("seen-up", peer.name, critical, peer.never_up.error().message,
               "the memory of what was up cannot be read");
    } else if (!peer.never_up->empty()) {
      rows.add("seen-up", peer.name, critical,
               fmt::format("no watch here has ever seen {} up, so its down would not count",
                           fmt::join(*peer.never_up, ", ")),
               fmt::format("fo-probe --watch --until up {}", fmt::join(*peer.never_up, " ")));
    } else {
      rows.ok("seen-up", peer.name, "every probe of it was seen up from here");
    }
  }
}

void add_reference_row(ReadyRows& rows) {
  const auto& seen = rows.facts.promotion;
  if (seen.references.empty()) {
    return rows.add("references", {}, seen.unattended ? critical : warning,
                    "none is given: nothing would prove that this host is not itself cut off",
                    "add two --reference TARGET");
  }
  const auto verdict = judge(seen.references, Policy{});
  const auto down = std::ranges::find_if_not(seen.references, is_up);
  const auto lost =
      down == seen.references.end()
          ? std::string()
          : fmt::format("{}: {}", down->target.text, down->health ? down->detail : down->health.error().message);
  if (!verdict.health || *verdict.health == Health::down) {
    rows.add("references", {}, critical, fmt::format("this host may itself be cut off: {}", lost),
             "no promotion would begin; look at this host's network");
  } else if (!lost.empty()) {
    rows.add("references", {}, warning, lost, "take another reference, or mend that one");
  } else if (seen.unattended && seen.independent_references < references_unattended) {
    rows.add("references", {}, critical,
             fmt::format("an unattended promotion needs two on different hosts beyond the gateway, not {}",
                         seen.independent_references),
             "add another --reference TARGET");
  } else {
    rows.ok("references", {}, verdict.reason);
  }
}

void add_self_probe_row(ReadyRows& rows) {
  const auto& seen = rows.facts.promotion.self_probes;
  if (rows.settings.self_probes.empty()) {
    return rows.add("self-probes", {}, warning, "none is given: nothing would prove that the service answers here",
                    "add --self-probe TARGET");
  }
  if (const auto up = std::ranges::find_if(seen, is_up); up != seen.end()) {
    return rows.add("self-probes", {}, warning,
                    fmt::format("{} answers here, although this host is not the active one", up->target.text),
                    "stop the PBX here: two may serve at once");
  }
  rows.ok("self-probes", {}, fmt::format("{} given, none answers before a promotion", seen.size()));
}

void add_port_row(ReadyRows& rows) {
  const auto* active = rows.active();
  if (active == nullptr || rows.settings.self_probes.empty()) return;
  std::set<std::string> here;
  for (const auto& target : rows.settings.self_probes) here.insert(door(target));
  std::vector<std::string> unproven;
  for (const auto& one : active->observations) {
    if (is_up(one) && is_service(one.target) && !here.contains(door(one.target))) unproven.push_back(door(one.target));
  }
  if (unproven.empty()) return rows.ok("ports", {}, "the self-probes cover what is probed on the active host");
  rows.add("ports", {}, warning,
           fmt::format("open on {}, but proven by no self-probe here: {}", active->name, fmt::join(unproven, ", ")),
           "add a --self-probe for each");
}

namespace {

void add_served_certificates(ReadyRows& rows) {
  for (const auto& peer : rows.facts.promotion.peers) {
    for (const auto& one : peer.observations) {
      if (!is_up(one) || !shows_certificate(one.target)) continue;
      const auto grade = one.grade == Grade::ok ? ok : one.grade == Grade::warning ? warning : critical;
      rows.add("certificate", peer.name, grade, fmt::format("{}: {}", one.target.text, one.detail),
               grade == ok ? "" : "renew it; the standby gets it with the next backup");
    }
  }
}

void add_stored_certificates(ReadyRows& rows) {
  if (!rows.facts.contents) return;
  const auto soon = ProbeOptions{}.cert_warning;
  const auto now = ProbeOptions{}.cert_critical;
  for (const auto& each : rows.facts.contents->certificates) {
    if (!each.expires || !is_for(each, rows.settings.service)) continue;
    const auto left = *each.expires - rows.facts.promotion.now;
    const auto grade = left > soon ? ok : left > now ? warning : critical;
    rows.add("certificate", each.path, grade,
             fmt::format("in the restored backup, valid until {}", rfc3339(*each.expires)),
             grade == ok ? "" : "renew it on the active host, then back up");
  }
}

}  // namespace

void add_certificate_rows(ReadyRows& rows) {
  add_served_certificates(rows);
  add_stored_certificates(rows);
}

}  // namespace failover
