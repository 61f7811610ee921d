#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <string_view>

#include <failover/context.hpp>
#include <failover/promoter.hpp>
#include <failover/role.hpp>

namespace failover::promote_tool {

/// The members of the JSON objects, as the text of an object.
std::string plan_json(const PromotionSettings& settings, const PromotionPlan& plan);
std::string timeline_json(const TimelineEntry& entry);
std::string report_json(const PromotionReport& report);
/// @param min_uptime the quiet time after a promotion
std::string status_json(const PromotionStatus& status, Duration min_uptime);
std::string pause_json(const std::optional<PromotionPause>& pause);
std::string record_json(const std::string& server, const Result<ServiceRecord>& record);

/// The members of "answer" and "resolver" objects. @param agrees with what is wanted
std::string answer_json(const ServerAnswer& answer, bool agrees);
std::string view_json(const ViewOutcome& view);
/// @param how the change is made sure: "compare-and-swap"
std::string change_json(const std::string& view, const ViewMove& move, std::string_view how);
std::string ttl_json(const ViewOutcome& view, std::chrono::seconds ttl);
std::string canary_json(const std::string& view, const std::string& name, const CanaryFlight& flight);

}  // namespace failover::promote_tool
