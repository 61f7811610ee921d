#include <algorithm>
#include <cstdint>
#include <string>
#include <vector>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <failover/arbiter.hpp>
#include <failover/dns.hpp>
#include <failover/error.hpp>
#include <failover/promoter.hpp>
#include <failover/role.hpp>

#include "core/clock.hpp"
#include "promote/ready_rows.hpp"

namespace failover {

namespace {

using enum ReadyGrade;

/// Property epoch: the largest that DNS, role and journal know.
std::uint64_t known_epoch(const PromotionFacts& seen) {
  auto epoch = std::max(seen.role_epoch, seen.journal_epoch);
  for (const auto& view : seen.views) {
    if (view.current) epoch = std::max(epoch, view.current->mark.value_or(EpochMark{}).epoch);
  }
  return epoch;
}

/// Without a record the mark beside the name is all that is written down.
void add_mark_row(ReadyRows& rows) {
  const auto& seen = rows.facts.promotion;
  for (const auto& view : seen.views) {
    const auto mark = view.current ? view.current->mark.value_or(EpochMark{}) : EpochMark{};
    if (mark.epoch == 0) continue;
    const bool ours = mark.node == rows.settings.node;
    if (ours == rows.here_is_active()) continue;
    rows.add("record", {}, critical,
             fmt::format("the mark in DNS says that {} is active since epoch {}, and the role here is {}", mark.node,
                         mark.epoch, seen.role),
             ours ? "look which host serves; fo-promote resume ends what was interrupted here"
                  : "stop the services here: another host was promoted");
    return;
  }
  rows.ok("record", {}, fmt::format("nothing contradicts the role {}", seen.role));
}

struct Contradiction {
  ReadyGrade grade = ok;
  std::string finding;
  std::string remedy;
};

Contradiction contradiction(const ReadyRows& rows, const ArbiterRecord& record) {
  const auto& seen = rows.facts.promotion;
  const auto& node = rows.settings.node;
  const auto known = known_epoch(seen);
  const auto active = record.active.value_or("");
  if (record.epoch < known) {
    return {critical,
            fmt::format("the arbiter knows epoch {}, but {} was given already: it was wiped or put back", record.epoch,
                        known),
            "every promotion will be refused; look which host serves, then fo-promote adopt there"};
  }
  if (active.empty())
    return {critical, "the record names no active host", "fo-promote resume where a promotion was interrupted"};
  if (rows.here_is_active() != (active == node)) {
    return {critical,
            fmt::format("the arbiter says that {} is active since epoch {}, and the role here is {} of epoch {}",
                        active, record.epoch, seen.role, seen.role_epoch),
            active == node ? "fo-promote resume" : "stop the services here: another host was promoted"};
  }
  const bool is_peer = std::ranges::find(seen.peers, active, &PeerFacts::name) != seen.peers.end();
  if (active != node && !is_peer)
    return {critical, fmt::format("the active host on record is {}, which is no [node.NAME] here", active),
            "add its section"};
  if (record.promoting)
    return {warning, fmt::format("{} promotes at this moment", *record.promoting),
            "wait for its end, or fo-promote abort there"};
  if (record.maybe != std::vector{active}) {
    return {warning, fmt::format("besides {} these may be serving: {}", active, fmt::join(record.maybe, ", ")),
            "fo-promote resume or abort on them"};
  }
  return {ok, fmt::format("{} is active since epoch {}, as it should be", active, record.epoch), {}};
}

}  // namespace

void add_role_row(ReadyRows& rows) {
  const auto& seen = rows.facts.promotion;
  const auto& earlier = seen.earlier;
  if (!rows.facts.memory) {
    rows.add("role", {}, critical, rows.facts.memory.error().message,
             "every promotion will be refused until it can be read");
  } else if (earlier && !earlier->ended) {
    rows.add(
        "role", {}, critical,
        fmt::format("the promotion to epoch {} is unfinished in step {}", earlier->epoch, to_string(earlier->step)),
        earlier->committed() ? "fo-promote resume" : "fo-promote resume, or abort");
  } else if (seen.role == "promoting") {
    rows.add("role", {}, critical, "this host is in the middle of a promotion", "fo-promote status");
  } else if (seen.role == "fenced") {
    rows.add("role", {}, warning,
             fmt::format("this host was fenced by the promotion to epoch {} and has not rejoined", seen.role_epoch),
             "make it the standby again: restore the active one's backup");
  } else if (rows.here_is_active()) {
    rows.ok(
        "role", {},
        fmt::format("this host is the active one since epoch {}; whether it can be replaced is for the standby to say",
                    seen.role_epoch));
  } else {
    rows.ok("role", {},
            fmt::format("this host is {}", seen.role == "unset" ? "a standby that was never promoted" : seen.role));
  }
}

void add_arbiter_row(ReadyRows& rows) {
  const auto& seen = rows.facts.promotion;
  if (!seen.arbiter) {
    const bool missing = seen.arbiter.error().kind == ErrorKind::not_found;
    rows.add("arbiter", {}, critical, seen.arbiter.error().message,
             missing ? "on the active host type: fo-promote adopt" : "no promotion can begin until it answers");
  } else if (rows.facts.keeps_record) {
    rows.ok("arbiter", {}, "it answers");
  } else if (seen.unattended) {
    rows.ok("arbiter", {}, "no other standby exists, so a promotion may go without a person");
  } else {
    rows.ok("arbiter", {}, "a person decides; nothing will be promoted unattended");
  }
}

void add_record_row(ReadyRows& rows) {
  if (!rows.facts.keeps_record) return add_mark_row(rows);
  const auto& record = rows.facts.promotion.arbiter;
  if (!record) return rows.add("record", {}, unknown, "the arbiter did not tell", "see arbiter");
  auto said = contradiction(rows, *record);
  rows.add("record", {}, said.grade, said.finding, said.remedy);
}

void add_hook_rows(ReadyRows& rows) {
  bool starts = false;
  for (const auto& hook : rows.facts.hooks) {
    starts = starts || hook.name == "start-hook";
    if (hook.usable) {
      rows.ok("hooks", hook.name, "it can be run");
    } else {
      rows.add("hooks", hook.name, critical, hook.usable.error().message,
               "a promotion would be refused; mend the file");
    }
  }
  if (!starts)
    rows.add("hooks", "start-hook", warning, "none is given: nothing starts the services here",
             "add --start-hook FILE");
}

void add_clock_row(ReadyRows& rows) {
  for (const auto& view : rows.facts.promotion.views) {
    if (!is_clock_error(view.access)) continue;
    return rows.add("clock", {}, critical, view.access.error().message,
                    "let chrony or systemd-timesyncd keep the clock");
  }
  const auto& kept = rows.facts.clock_set;
  if (!kept) {
    rows.add("clock", {}, unknown, kept.error().message, "look whether chrony or systemd-timesyncd runs");
  } else if (!*kept) {
    rows.add("clock", {}, warning, "nothing keeps this host's clock right, says its kernel",
             "install chrony, or turn systemd-timesyncd on");
  } else {
    rows.ok("clock", {}, "something keeps it right, says the kernel");
  }
}

void add_disk_row(ReadyRows& rows) {
  const auto& free = rows.facts.free_bytes;
  const auto& place = rows.settings.state_dir.string();
  if (!free) {
    rows.add("disk", {}, unknown, free.error().message, "look at the file system of " + place);
  } else if (*free < rows.readiness.min_free) {
    rows.add("disk", {}, critical,
             fmt::format("{} has {} free, less than {}", place, human_size(*free), human_size(rows.readiness.min_free)),
             "make room: backups and journals must be written");
  } else {
    rows.ok("disk", {}, fmt::format("{} has {} free", place, human_size(*free)));
  }
}

void add_drill_row(ReadyRows& rows) {
  const auto& drills = rows.facts.drills;
  if (drills && drills->empty())
    return rows.add("drill", {}, warning, "no drill was ever made here", "fo-promote drill");
  if (const auto said = drill_warning(drills, rows.readiness.max_drill_age, rows.facts.promotion.now)) {
    return rows.add("drill", {}, drills ? warning : critical, *said,
                    drills ? "fo-promote drill" : "look who wrote to it");
  }
  rows.ok(
      "drill", {},
      fmt::format("{} ago: {}", human_duration(rows.facts.promotion.now - drills->back().when), drills->back().said));
}

}  // namespace failover
