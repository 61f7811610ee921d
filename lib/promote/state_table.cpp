#include "promote/state_table.hpp"

#include <algorithm>
#include <span>
#include <string>
#include <string_view>

#include <fmt/format.h>

#include <failover/error.hpp>

#include "failover/promoter.hpp"

namespace failover {

std::span<const PromotionStepRow> promotion_steps() noexcept {
  return promotion_table;
}

std::string_view to_string(PromotionStep step) noexcept {
  return promotion_row(step).name;
}

std::string_view to_string(PromotionEvent event) noexcept {
  switch (event) {
    case PromotionEvent::begun:
      return "begun";
    case PromotionEvent::done:
      return "done";
    case PromotionEvent::unfinished:
      return "unfinished";
    case PromotionEvent::superseded:
      return "superseded";
    case PromotionEvent::withdrawn:
      return "withdrawn";
  }
  return "unfinished";
}

Result<PromotionStep> parse_promotion_step(std::string_view name) {
  std::string known;
  for (const auto& row : promotion_table) {
    if (row.name == name) return row.step;
    known.append(known.empty() ? "" : ", ").append(row.name);
  }
  return fail(ErrorKind::usage, fmt::format("'{}' is no step; known are {}", name, known));
}

bool EarlierPromotion::committed() const noexcept {
  const auto open = left_step(step) ? promotion_row(step).next : step;
  const auto way = promotion_row(open).way_on;
  return way == WayOn::go_on || way == WayOn::nothing;
}

bool EarlierPromotion::left_step(PromotionStep which) const noexcept {
  return std::ranges::find(left, which) != left.end();
}

}  // namespace failover
