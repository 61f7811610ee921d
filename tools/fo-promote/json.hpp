#pragma once

#include <string>

#include <failover/promoter.hpp>

namespace failover::promote_tool {

/// The members of the JSON objects, as the text of an object.
std::string plan_json(const PromotionSettings& settings, const PromotionPlan& plan);
std::string timeline_json(const TimelineEntry& entry);
std::string report_json(const PromotionReport& report);
std::string status_json(const PromotionStatus& status);
std::string record_json(const std::string& server, const Result<ServiceRecord>& record);

}  // namespace failover::promote_tool
