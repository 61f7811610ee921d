#include "net/http_date.hpp"

#include <chrono>
#include <optional>
#include <string>

#include <fmt/chrono.h>
#include <fmt/format.h>

#include <failover/context.hpp>

#include "core/clock.hpp"
#include "net/libcurl.hpp"

namespace failover {

std::optional<WallTime> parse_http_date(const std::string& text) {
  const auto curl = load_libcurl();
  const auto seconds = curl ? (*curl)->getdate(text.c_str(), nullptr) : -1;
  if (seconds < 0) return std::nullopt;
  return wall_time(seconds);
}

std::string http_date(WallTime time) {
  return fmt::format("{:%a, %d %b %Y %H:%M:%S} GMT", std::chrono::floor<std::chrono::seconds>(time));
}

}  // namespace failover
