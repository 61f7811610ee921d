#include "probe/status_set.hpp"

#include <algorithm>
#include <optional>
#include <string_view>
#include <utility>

#include <fmt/format.h>

#include <failover/error.hpp>

#include "core/whole_number.hpp"

namespace failover {

namespace {

std::optional<long> read_status(std::string_view text) noexcept {
  const auto status = whole_number<long>(text);
  return status && *status >= 200 && *status <= 599 ? status : std::nullopt;
}

std::optional<std::pair<long, long>> read_range(std::string_view text) noexcept {
  if (text.size() == 3 && text.front() >= '2' && text.front() <= '5' &&
      (text.ends_with("xx") || text.ends_with("XX"))) {
    const long first = (text.front() - '0') * 100L;
    return std::pair(first, first + 99);
  }
  const auto dash = text.find('-');
  const auto first = read_status(text.substr(0, dash));
  const auto last = dash == std::string_view::npos ? first : read_status(text.substr(dash + 1));
  if (!first || !last || *first > *last) return std::nullopt;
  return std::pair(*first, *last);
}

}  // namespace

StatusSet StatusSet::usual() {
  StatusSet set;
  set.ranges_.emplace_back(200, 499);
  return set;
}

Result<StatusSet> StatusSet::parse(std::string_view text) {
  StatusSet set;
  while (true) {
    const auto comma = text.find(',');
    const auto range = read_range(text.substr(0, comma));
    if (!range) {
      return fail(ErrorKind::usage,
                  fmt::format("'{}' is not an HTTP status from 200 to 599, 2xx or 200-299", text.substr(0, comma)));
    }
    set.ranges_.push_back(*range);
    if (comma == std::string_view::npos) return set;
    text.remove_prefix(comma + 1);
  }
}

bool StatusSet::contains(long status) const noexcept {
  return std::ranges::any_of(ranges_,
                             [&](const auto& range) { return status >= range.first && status <= range.second; });
}

}  // namespace failover
