#include "state/state_format.hpp"

#include <cstdint>
#include <filesystem>
#include <string_view>

#include <nlohmann/json.hpp>

#include <failover/error.hpp>

#include "core/json_numbers.hpp"

namespace failover {

Result<void> check_state_format(std::string_view json, int ours, const std::filesystem::path& path) {
  const auto value = nlohmann::json::parse(json, nullptr, false);
  if (!has_integers_only(json) || !value.is_object() || !value.contains("format") ||
      !value["format"].is_number_integer()) {
    return damaged_state(path);
  }
  if (value["format"].get<std::int64_t>() > ours) {
    return fail(ErrorKind::unfinished, path.string() + " was written by a newer version of these tools; use that one");
  }
  return {};
}

std::unexpected<Error> damaged_state(const std::filesystem::path& path) {
  return fail(ErrorKind::integrity, path.string() + " is damaged: look at it, and move it away to start anew");
}

}  // namespace failover
