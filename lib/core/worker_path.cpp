#include "core/worker_path.hpp"

#include <filesystem>
#include <string>
#include <string_view>
#include <system_error>

#include <dlfcn.h>
#include <link.h>

#include <failover/error.hpp>

#include "core/system_error.hpp"

namespace failover {

namespace {

/// Empty: this code is in the program itself.
std::string own_library() {
  Dl_info info{};
  void* map = nullptr;
  if (::dladdr1(reinterpret_cast<const void*>(&worker_path), &info, &map, RTLD_DL_LINKMAP) == 0) return {};
  const auto* entry = static_cast<const link_map*>(map);
  return entry == nullptr || entry->l_name == nullptr ? std::string() : std::string(entry->l_name);
}

}  // namespace

Result<std::filesystem::path> worker_path(std::string_view name) {
  const auto library = own_library();
  std::error_code error;
  const auto file = library.empty() ? std::filesystem::read_symlink("/proc/self/exe", error)
                                    : std::filesystem::canonical(library, error);
  if (error) return std::unexpected(system_error(error.value(), "cannot find out where " + library + " lies"));
  // The layout may have both ways alike.  NOLINTNEXTLINE(bugprone-branch-clone)
  const auto folder = file.parent_path() / (library.empty() ? FO_WORKERS_FROM_BIN : FO_WORKERS_FROM_LIB);
  return (folder / name).lexically_normal();
}

}  // namespace failover
