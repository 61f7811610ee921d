#include "core/json_numbers.hpp"

#include <algorithm>
#include <string_view>

#include <nlohmann/json.hpp>

namespace failover {

namespace {

bool integers_only(const nlohmann::json& value) {
  return value.is_structured() ? std::ranges::all_of(value, integers_only) : !value.is_number_float();
}

}  // namespace

bool has_integers_only(std::string_view json) {
  const auto value = nlohmann::json::parse(json, nullptr, false);
  return !value.is_discarded() && integers_only(value);
}

}  // namespace failover
