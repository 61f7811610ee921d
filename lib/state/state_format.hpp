#pragma once

#include <filesystem>
#include <string_view>

#include <failover/error.hpp>

namespace failover {

/// Every file of the state directory carries `format`. One newer than ours is kind unfinished ("written by a newer
/// version"): reading it half would be worse than not at all. One that is no JSON object with a number is integrity,
/// and so is one that tells a fraction, as no file here does.
Result<void> check_state_format(std::string_view json, int ours, const std::filesystem::path& path);

/// For a file whose members are not what its format promises.
std::unexpected<Error> damaged_state(const std::filesystem::path& path);

}  // namespace failover
