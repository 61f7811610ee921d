#include "net/http_date.hpp"

#include <chrono>
#include <optional>
#include <string>

#include <curl/curl.h>
#include <fmt/chrono.h>
#include <fmt/format.h>

#include <failover/context.hpp>

namespace failover {

std::optional<WallTime> parse_http_date(const std::string& text) {
  const auto seconds = curl_getdate(text.c_str(), nullptr);
  if (seconds < 0) return std::nullopt;
  return WallTime(std::chrono::seconds(seconds));
}

std::string http_date(WallTime time) {
  return fmt::format("{:%a, %d %b %Y %H:%M:%S} GMT", std::chrono::floor<std::chrono::seconds>(time));
}

}  // namespace failover
