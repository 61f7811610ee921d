#include "promote/host_facts.hpp"

#include <cerrno>
#include <cstdint>
#include <filesystem>

#include <fmt/format.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <sys/timex.h>
#include <unistd.h>

#include <failover/error.hpp>

#include "core/system_error.hpp"

namespace failover {

Result<std::uint64_t> free_bytes_at(const std::filesystem::path& directory) {
  auto place = directory.lexically_normal();
  struct statvfs info{};
  while (::statvfs(place.c_str(), &info) != 0) {
    if (errno != ENOENT || !place.has_relative_path()) {
      return fail_errno("cannot look at the file system of " + directory.string());
    }
    place = place.parent_path();
  }
  return std::uint64_t{info.f_bavail} * std::uint64_t{info.f_frsize};
}

Result<bool> clock_is_kept() {
  struct timex clock{};
  const int state = ::adjtimex(&clock);
  if (state < 0) return fail_errno("cannot ask the kernel how right its clock is");
  return state != TIME_ERROR;
}

Result<void> check_program(const std::filesystem::path& program) {
  if (!program.is_absolute()) {
    return fail(ErrorKind::config, fmt::format("{} is not an absolute path; begin it with /", program.string()));
  }
  struct stat info{};
  if (::stat(program.c_str(), &info) != 0) return fail_errno(program.string() + " cannot be run");
  if (!S_ISREG(info.st_mode)) return fail(ErrorKind::config, program.string() + " is no file; name a program");
  if (::access(program.c_str(), X_OK) != 0) return fail_errno(program.string() + " cannot be run");
  return {};
}

}  // namespace failover
