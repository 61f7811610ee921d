#pragma once

#include <filesystem>
#include <optional>
#include <string>

#include <failover/context.hpp>
#include <failover/error.hpp>
#include <failover/promoter.hpp>

namespace failover::promote_tool {

/// One page for a phone: how the run ended, what to type next, the timeline, who sees what, and what was seen before.
/// It needs nothing but itself, no script either. All text is escaped: hooks, peers and names have their say in it.
/// @param plan what the run went by; none = it ended before it had one
std::string html_report(const PromotionSettings& settings, const std::optional<PromotionPlan>& plan,
                        const PromotionReport& report, WallTime written);

/// Replaces the file atomically. Nothing is written for a run that had nothing to do: what is there tells more.
Result<void> write_html_report(const std::filesystem::path& file, const PromotionSettings& settings,
                               const std::optional<PromotionPlan>& plan, const PromotionReport& report);

}  // namespace failover::promote_tool
