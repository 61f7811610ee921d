#include "workers/landlock.hpp"

#include <cerrno>
#include <cstddef>
#include <cstdint>
#include <span>

#include <linux/landlock.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <failover/error.hpp>

#include "core/fd.hpp"
#include "core/system_error.hpp"

namespace failover {

namespace {

// Later versions than the headers of Debian 12 know (kernel's include/uapi/linux/landlock.h).
constexpr std::uint64_t refer = 1ULL << 13U;
constexpr std::uint64_t truncate_file = 1ULL << 14U;
constexpr std::uint64_t device_ioctl = 1ULL << 15U;
constexpr std::uint64_t every_first_right = (1ULL << 13U) - 1;

struct RulesetAttribute {
  std::uint64_t files = 0;
  std::uint64_t network = 0;  ///< version 4
  std::uint64_t scoped = 0;   ///< version 6
};

/// A right that the kernel does not know must not be asked for, and one that it knows and is not asked for is granted.
RulesetAttribute all_rights(int version) noexcept {
  RulesetAttribute all{every_first_right, 0, 0};
  if (version >= 2) all.files |= refer;
  if (version >= 3) all.files |= truncate_file;
  if (version >= 4) all.network = 3;  // bind and connect of TCP
  if (version >= 5) all.files |= device_ioctl;
  if (version >= 6) all.scoped = 3;  // abstract sockets and signals
  return all;
}

std::size_t size_for(int version) noexcept {
  if (version >= 6) return sizeof(RulesetAttribute);
  return version >= 4 ? 2 * sizeof(std::uint64_t) : sizeof(std::uint64_t);
}

}  // namespace

Result<int> confine_files(std::span<const int> folders) {
  const auto version =
      static_cast<int>(::syscall(SYS_landlock_create_ruleset, nullptr, 0, LANDLOCK_CREATE_RULESET_VERSION));
  if (version < 0 && (errno == ENOSYS || errno == EOPNOTSUPP)) return 0;
  if (version < 0) return fail_errno("cannot ask for the version of Landlock");
  const auto all = all_rights(version);
  const Fd ruleset(static_cast<int>(::syscall(SYS_landlock_create_ruleset, &all, size_for(version), 0)));
  if (!ruleset) return fail_errno("cannot make a Landlock ruleset");
  for (const int folder : folders) {
    landlock_path_beneath_attr rule{};
    rule.parent_fd = folder;
    rule.allowed_access = LANDLOCK_ACCESS_FS_WRITE_FILE | LANDLOCK_ACCESS_FS_MAKE_REG | LANDLOCK_ACCESS_FS_REMOVE_FILE;
    if (::syscall(SYS_landlock_add_rule, ruleset.get(), LANDLOCK_RULE_PATH_BENEATH, &rule, 0) != 0) {
      return fail_errno("cannot allow the slots in a Landlock ruleset");
    }
  }
  if (::syscall(SYS_landlock_restrict_self, ruleset.get(), 0) != 0) {
    return fail_errno("cannot enter a Landlock ruleset");
  }
  return version;
}

}  // namespace failover
