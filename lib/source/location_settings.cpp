#include "source/location_settings.hpp"

#include <algorithm>
#include <span>
#include <string>
#include <string_view>
#include <utility>

#include <fmt/format.h>

#include <failover/error.hpp>

#include "core/url.hpp"

namespace failover {

Result<LocationSettings> split_location(const Url& url, std::span<const std::string_view> known) {
  LocationSettings result;
  const auto whole = url.path + (url.has_query ? "?" + url.query : "");
  result.encoded_path = whole;
  const auto mark = whole.rfind('?');
  if (mark == std::string::npos) return result;
  Url tail;
  tail.query = whole.substr(mark + 1);
  const auto pairs = tail.parameters();
  if (!pairs || pairs->empty()) return result;
  const auto is_known = [&](const auto& pair) { return std::ranges::find(known, pair.first) != known.end(); };
  if (!std::ranges::all_of(*pairs, is_known)) return result;
  for (const auto& [key, value] : *pairs) {
    if (value.empty()) return fail(ErrorKind::usage, fmt::format("'{}' behind the '?' needs a value", key));
    if (!result.values.emplace(key, value).second)
      return fail(ErrorKind::usage, fmt::format("'{}' stands twice behind the '?'", key));
  }
  result.encoded_path = whole.substr(0, mark);
  return result;
}

}  // namespace failover
