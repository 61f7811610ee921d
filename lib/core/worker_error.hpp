#pragma once

#include <string_view>

#include <failover/error.hpp>

namespace failover {

/// The error in a frame of kind error. A worker may only say what is the world's fault or its own: any other kind, and
/// what is no error at all, is internal.
/// @param name the worker's, for the message
Error worker_error(std::string_view name, std::string_view body);

}  // namespace failover
