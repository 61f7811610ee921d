#pragma once

#include <string>
#include <vector>

#include <failover/error.hpp>
#include <failover/restorer.hpp>

namespace failover::cli {

/// --target DIR and --map PREFIX=DIR as roots: a target is the map of everything. kind usage.
Result<std::vector<RestoreRoot>> roots_from(const std::string& target, const std::vector<std::string>& maps);

/// USER or USER:GROUP, by name or number; USER alone brings its primary group. kind usage when there is no such one.
Result<Ownership> owner_from(const std::string& text);

}  // namespace failover::cli
