#include <algorithm>
#include <string>
#include <string_view>

#include <fmt/format.h>

#include <failover/context.hpp>
#include <failover/error.hpp>
#include <failover/observer.hpp>
#include <failover/restorer.hpp>
#include <failover/role.hpp>

#include "core/ascii.hpp"
#include "core/clock.hpp"
#include "promote/ready_rows.hpp"

namespace failover {

namespace {

using enum ReadyGrade;

/// As it is compared: in small letters, without the dot at its end.
std::string canonical(std::string_view name) {
  return ascii_lower(name.ends_with('.') ? name.substr(0, name.size() - 1) : name);
}

}  // namespace

void add_backup_row(ReadyRows& rows) {
  const auto& seen = rows.facts.promotion;
  const auto& settings = rows.settings;
  if (!seen.backup) return rows.add("backup", {}, critical, seen.backup.error().message, "fo-restore --status");
  const auto& backup = *seen.backup;
  const auto too_old = settings.allow_stale_backup ? warning : critical;
  if (!backup) {
    return rows.add("backup", {}, too_old, "nothing was ever restored on this host",
                    "fo-fetch, then fo-restore with the path that it prints");
  }
  const auto age = seen.now - backup->time;
  const auto finding = fmt::format("{} is {} old", backup->name, human_duration(age));
  if (age > settings.max_backup_age) {
    rows.add("backup", {}, too_old, fmt::format("{}, more than {}", finding, human_duration(settings.max_backup_age)),
             "so much would be lost; look why no newer one is fetched and restored");
  } else if (age > settings.warn_backup_age) {
    rows.add("backup", {}, warning, fmt::format("{}, more than {}", finding, human_duration(settings.warn_backup_age)),
             "look why no newer one is fetched and restored");
  } else {
    rows.ok("backup", {}, finding);
  }
}

void add_restore_row(ReadyRows& rows) {
  const auto& open = rows.facts.promotion.restore_in_progress;
  if (!open) {
    rows.add("restore", {}, critical, open.error().message, "fo-restore --status");
  } else if (*open) {
    rows.add("restore", {}, critical, "a restore was interrupted here, or is at work: the tree may be mixed",
             "fo-restore --recover");
  } else {
    rows.ok("restore", {}, "none is half done");
  }
}

void add_contents_row(ReadyRows& rows) {
  const auto& contents = rows.facts.contents;
  if (!contents || !contents->fqdn) return;
  const auto what = fmt::format("{} {}", contents->kind, contents->version.value_or("of unknown version"));
  if (canonical(*contents->fqdn) != canonical(rows.settings.service)) {
    return rows.add(
        "contents", {}, warning,
        fmt::format("the restored backup is of {}, not of {} ({})", *contents->fqdn, rows.settings.service, what),
        "phones that are provisioned by name will ask for the former; look at --service and at the backup");
  }
  rows.ok("contents", {}, fmt::format("the restored backup is of {}, {}", *contents->fqdn, what));
}

void add_gateway_rows(ReadyRows& rows) {
  for (const auto& gateway : rows.facts.gateways) {
    const auto& seen = gateway.observations;
    const auto up = std::ranges::find_if(seen, [](const auto& one) { return one.health == Health::up; });
    if (up != seen.end()) {
      rows.ok("gateways", gateway.name, fmt::format("{} answers: {}", up->target.text, up->detail));
      continue;
    }
    const auto unasked = std::ranges::find_if(seen, [](const auto& one) { return !one.health; });
    if (unasked != seen.end()) {
      rows.add("gateways", gateway.name, unknown, unasked->health.error().message,
               "look whether it can be reached from here");
    } else if (!seen.empty()) {
      rows.add(
          "gateways", gateway.name, warning, fmt::format("{}: {}", seen.front().target.text, seen.front().detail),
          "ask the provider to let this host's address in, or --skip gateways when it answers only the active one");
    }
  }
}

}  // namespace failover
