#include <array>
#include <span>
#include <string_view>
#include <vector>

#include <failover/promoter.hpp>
#include <failover/role.hpp>

#include "promote/ready_rows.hpp"

namespace failover {

namespace {

constexpr std::array<std::string_view, 21> names{
    "role",        "arbiter",  "record", "active",  "seen-up",    "fence",       "name",
    "credentials", "ttl",      "backup", "restore", "references", "self-probes", "ports",
    "certificate", "contents", "hooks",  "clock",   "disk",       "gateways",    "drill"};

}  // namespace

std::string_view to_string(ReadyGrade grade) noexcept {
  switch (grade) {
    case ReadyGrade::ok:
      return "ok";
    case ReadyGrade::unknown:
      return "unknown";
    case ReadyGrade::warning:
      return "warning";
    case ReadyGrade::critical:
      break;
  }
  return "critical";
}

std::span<const std::string_view> ready_check_names() noexcept {
  return names;
}

std::vector<ReadyCheck> judge_readiness(const PromotionSettings& settings, const ReadySettings& readiness,
                                        const ReadyFacts& facts) {
  ReadyRows rows{settings, readiness, facts};
  add_role_row(rows);
  add_arbiter_row(rows);
  add_record_row(rows);
  add_view_rows(rows);
  add_clock_row(rows);
  add_disk_row(rows);
  if (rows.here_is_active()) return rows.rows;
  add_active_row(rows);
  add_seen_up_rows(rows);
  add_fence_rows(rows);
  add_backup_row(rows);
  add_restore_row(rows);
  add_reference_row(rows);
  add_self_probe_row(rows);
  add_port_row(rows);
  add_certificate_rows(rows);
  add_contents_row(rows);
  add_hook_rows(rows);
  add_gateway_rows(rows);
  add_drill_row(rows);
  return rows.rows;
}

}  // namespace failover
