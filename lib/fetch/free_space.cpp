#include "fetch/free_space.hpp"

#include <cstdint>
#include <filesystem>

#include <fmt/format.h>
#include <sys/statvfs.h>

#include <failover/error.hpp>

#include "core/clock.hpp"
#include "core/system_error.hpp"

namespace failover {

namespace {

constexpr std::uint64_t left_over = 64ULL * 1024;  // sidecar, notes and directory blocks

}  // namespace

Result<void> check_free_space(const std::filesystem::path& folder, std::uint64_t bytes) {
  struct statvfs info{};
  if (::statvfs(folder.c_str(), &info) != 0) return fail_errno("cannot look at the file system of " + folder.string());
  const auto free = std::uint64_t{info.f_bavail} * std::uint64_t{info.f_frsize};
  if (free >= bytes + left_over) return {};
  return fail(ErrorKind::io,
              fmt::format("{} has {} free and the backup needs {} more; make room, lower --keep, or name "
                          "another folder with --output",
                          folder.string(), human_size(free), human_size(bytes)));
}

}  // namespace failover
