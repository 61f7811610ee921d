#pragma once

#include <string_view>
#include <utility>
#include <vector>

#include <failover/error.hpp>

namespace failover {

/// HTTP statuses as `?expect=` names them: "200", "2xx", "200-299", or several with commas between them.
class StatusSet {
 public:
  /// 2xx to 4xx: what counts when nothing else is said.
  static StatusSet usual();
  static Result<StatusSet> parse(std::string_view text);
  [[nodiscard]] bool contains(long status) const noexcept;

 private:
  std::vector<std::pair<long, long>> ranges_;  // both ends included
};

}  // namespace failover
