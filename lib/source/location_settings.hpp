#pragma once

#include <map>
#include <span>
#include <string>
#include <string_view>

#include <failover/error.hpp>

#include "core/url.hpp"

namespace failover {

/// A location's path, and the settings behind it.
struct LocationSettings {
  std::string encoded_path;  ///< with what was no setting
  std::map<std::string, std::string, std::less<>> values;
};

/// `PATH?region=eu-central-1` has a setting, `b?.zip` a wildcard: what follows the last '?' is settings when every part
/// of it is KEY=VALUE with a known key. A known key without a value, or given twice, is an error of kind usage.
Result<LocationSettings> split_location(const Url& url, std::span<const std::string_view> known);

}  // namespace failover
