#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <failover/promoter.hpp>
#include <failover/role.hpp>

namespace failover {

/// What the rows are made of, and the rows; those that are to be left out are.
struct ReadyRows {
  const PromotionSettings& settings;
  const ReadySettings& readiness;
  const ReadyFacts& facts;
  std::vector<ReadyCheck> rows{};

  void add(std::string_view name, std::string about, ReadyGrade grade, std::string finding, std::string remedy = {});
  void ok(std::string_view name, std::string about, std::string finding) {
    add(name, std::move(about), ReadyGrade::ok, std::move(finding));
  }
  [[nodiscard]] bool here_is_active() const noexcept { return facts.promotion.role == "active"; }
  /// The other node that serves now, as far as record and name tell; null = none, or nobody knows.
  [[nodiscard]] const PeerFacts* active() const noexcept;
};

/// role, arbiter, record, hooks, clock, disk, drill
void add_role_row(ReadyRows& rows);
void add_arbiter_row(ReadyRows& rows);
void add_record_row(ReadyRows& rows);
void add_hook_rows(ReadyRows& rows);
void add_clock_row(ReadyRows& rows);
void add_disk_row(ReadyRows& rows);
void add_drill_row(ReadyRows& rows);

/// backup, restore, contents, gateways
void add_backup_row(ReadyRows& rows);
void add_restore_row(ReadyRows& rows);
void add_contents_row(ReadyRows& rows);
void add_gateway_rows(ReadyRows& rows);

/// credentials, name, ttl: one each for every view
void add_view_rows(ReadyRows& rows);

/// fence, active, seen-up, references, self-probes, ports, certificate
void add_fence_rows(ReadyRows& rows);
void add_active_row(ReadyRows& rows);
void add_seen_up_rows(ReadyRows& rows);
void add_reference_row(ReadyRows& rows);
void add_self_probe_row(ReadyRows& rows);
void add_port_row(ReadyRows& rows);
void add_certificate_rows(ReadyRows& rows);

/// Whether a refused right to write is a matter of the clock (RFC 8945 section 5.2.3). Pure.
bool is_clock_error(const Result<void>& access);

}  // namespace failover
