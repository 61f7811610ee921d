#pragma once

#include <string>
#include <string_view>
#include <vector>

#include <failover/error.hpp>
#include <failover/restorer.hpp>

namespace failover {

/// The roots of a restore as JSON text, as journal, plan, manifest and generation keep them, and back. A malformed text
/// is kind integrity.
std::string roots_to_json(const std::vector<RestoreRoot>& roots);
Result<std::vector<RestoreRoot>> roots_from_json(std::string_view text);

/// The root that takes a path of the archive: the one with the longest prefix; nullptr = none takes it.
const RestoreRoot* root_of(const std::vector<RestoreRoot>& roots, std::string_view path) noexcept;

/// Whether a path of the archive is where a root begins.
bool is_root(const std::vector<RestoreRoot>& roots, std::string_view path) noexcept;

/// What is left of a path beneath `prefix`, which takes it; empty for the root itself.
std::string_view beneath_prefix(std::string_view prefix, std::string_view path) noexcept;

/// A path of the archive as it is called on this host.
std::string shown_path(const std::vector<RestoreRoot>& roots, std::string_view path);

}  // namespace failover
