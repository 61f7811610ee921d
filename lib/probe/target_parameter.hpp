#pragma once

#include <string_view>

#include <failover/error.hpp>

namespace failover {

/// RFC 1123 host name, as it may go into a request.
bool is_host_name(std::string_view name) noexcept;

/// Whether a parameter of a target may have this value; an error of kind usage says why not.
Result<void> check_target_parameter(std::string_view scheme, std::string_view name, std::string_view value);

/// True for those that may be given more than once, because their order means something.
bool may_repeat(std::string_view name) noexcept;

}  // namespace failover
