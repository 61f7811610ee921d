#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include <failover/error.hpp>

#include "core/url.hpp"
#include "dns/primary_server.hpp"
#include "dns/service_reading.hpp"

namespace failover {

/// What every updater's URL may say behind its '?', and what this one's says besides.
struct ViewSettings {
  std::vector<std::string> from;
  std::vector<std::string> to;
  std::optional<std::chrono::seconds> ttl;
  std::vector<HostPort> verify;  ///< servers to ask instead of those that the NS records name
  std::uint16_t ns_port = 53;
  std::map<std::string, std::string, std::less<>> own;

  /// One of the updater's own parameters; empty if it is not given.
  [[nodiscard]] std::string get(std::string_view key) const;
};

/// @param own_keys the parameters that only this updater has. Any other, one given twice, and one without a value are
///   errors of kind usage that say so.
Result<ViewSettings> parse_view_settings(const Url& url, std::span<const std::string_view> own_keys);

/// The two names of a view, or the one that it is about: an empty text stands for the part that another view has.
Result<ServiceNames> service_names(std::string_view service, std::string_view epoch_record);

}  // namespace failover
