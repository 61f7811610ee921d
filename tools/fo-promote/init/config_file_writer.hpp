#pragma once

#include <filesystem>
#include <optional>
#include <string_view>

#include <failover/error.hpp>

namespace failover::promote_tool {

/// Writes a configuration as one step: it is there whole and durable, or not at all. Others may read it, for it holds
/// no secret (property secret). Kind refused when there is one, unless `force`: then it stays as FILE.TIME.
/// @return where the old one is now
Result<std::optional<std::filesystem::path>> write_configuration(const std::filesystem::path& path,
                                                                 std::string_view text, bool force);

/// Whether write_configuration() would refuse: said before the first question.
Result<void> may_write_configuration(const std::filesystem::path& path, bool force);

}  // namespace failover::promote_tool
