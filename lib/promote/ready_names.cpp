#include <string>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <failover/dns.hpp>
#include <failover/error.hpp>
#include <failover/promoter.hpp>
#include <failover/role.hpp>

#include "promote/dns_case.hpp"
#include "promote/ready_rows.hpp"

namespace failover {

namespace {

using enum ReadyGrade;

void add_credentials(ReadyRows& rows, const ViewFacts& view) {
  if (!view.current) {
    rows.add("credentials", view.description, critical, view.current.error().message, "the name could not be moved");
  } else if (is_clock_error(view.access)) {
    rows.add("credentials", view.description, unknown, "they could not be proven with clocks that differ", "see clock");
  } else if (!view.access) {
    rows.add("credentials", view.description, critical, view.access.error().message,
             "the name could not be moved; look at the key and at the server's policy");
  } else {
    rows.ok("credentials", view.description, "the right to write is proven");
  }
}

void add_name(ReadyRows& rows, const ViewFacts& view) {
  if (!view.current) return rows.add("name", view.description, unknown, "it could not be read", "see credentials");
  const auto now = fmt::format("{}", fmt::join(endpoints_of(*view.current), ", "));
  if (is_at(*view.current, view.to)) {
    if (rows.here_is_active())
      return rows.ok("name", view.description, fmt::format("it points at this host ({})", now));
    return rows.add("name", view.description, critical,
                    fmt::format("it points at this host ({}), which is not the active one", now),
                    "fo-promote dns set, or finish the promotion");
  }
  const auto old = old_set_of(*view.current, view.from);
  if (rows.here_is_active()) {
    return rows.add("name", view.description, critical, fmt::format("it points at {}, not at this active host", now),
                    "fo-promote resume, or fo-promote dns set");
  }
  if (old.empty()) {
    return rows.add("name", view.description, critical,
                    fmt::format("it points at {}, which is no node's address: a promotion would stop there",
                                now.empty() ? "nothing" : now),
                    "look who changed it; mend the name, or the addresses in [node.NAME]");
  }
  const auto* active = rows.active();
  if (view.from.size() > 1 && active != nullptr && !same_addresses(old, active->addresses)) {
    return rows.add("name", view.description, critical,
                    fmt::format("it points at {}, not at the active host {}", now, active->name),
                    "fo-promote resume on the active host");
  }
  rows.ok("name", view.description, fmt::format("it points at {}", now));
}

void add_ttl(ReadyRows& rows, const ViewFacts& view) {
  if (!view.current) return rows.add("ttl", view.description, unknown, "it could not be read", "see credentials");
  const auto ttl = view.current->ttl;
  if (ttl > rows.readiness.max_ttl) {
    rows.add("ttl", view.description, warning,
             fmt::format("{} s, more than {} s: so long callers would still go to the old host", ttl.count(),
                         rows.readiness.max_ttl.count()),
             fmt::format("fo-promote dns set-ttl --ttl {}s", view.ttl.count()));
  } else {
    rows.ok("ttl", view.description, fmt::format("{} s", ttl.count()));
  }
}

}  // namespace

void add_view_rows(ReadyRows& rows) {
  for (const auto& view : rows.facts.promotion.views) {
    add_name(rows, view);
    add_credentials(rows, view);
    add_ttl(rows, view);
  }
}

}  // namespace failover
