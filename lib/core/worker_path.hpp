#pragma once

#include <filesystem>
#include <string_view>

#include <failover/error.hpp>

namespace failover {

/// Where the program NAME of libexec/failover lies: counted from the file that this code is in, so that it is found in
/// the build tree and under any prefix. Within libfailover.so that is the library's own file, in a program that has the
/// library's objects in it (the tests) the program's. Never from the environment.
Result<std::filesystem::path> worker_path(std::string_view name);

}  // namespace failover
