#include "workers/confinement.hpp"

#include <algorithm>
#include <array>
#include <cstddef>
#include <span>
#include <string>
#include <utility>

#include <fmt/format.h>
#include <sys/prctl.h>
#include <sys/resource.h>

#include <failover/error.hpp>

#include "core/system_error.hpp"
#include "workers/landlock.hpp"
#include "workers/syscall_filter.hpp"
#include "workers/worker_side.hpp"

namespace failover {

namespace {

Result<void> limit_resources(std::size_t folders, const WorkerLimits& limits) {
  constexpr rlim_t own_descriptors = 24;
  const std::array<std::pair<__rlimit_resource, rlim_t>, 5> all{{{RLIMIT_AS, limits.memory},
                                                                 {RLIMIT_CPU, limits.cpu_s},
                                                                 {RLIMIT_FSIZE, limits.file_size},
                                                                 {RLIMIT_NOFILE, own_descriptors + folders},
                                                                 {RLIMIT_CORE, 0}}};
  for (const auto& [resource, most] : all) {
    // Who started the tool may allow less already, and less than that cannot be asked for in vain.
    rlimit limit{};
    if (::getrlimit(resource, &limit) != 0) return fail_errno("cannot limit what fo-unpack may use");
    limit.rlim_cur = limit.rlim_max = std::min(limit.rlim_max, most);
    if (::setrlimit(resource, &limit) != 0) return fail_errno("cannot limit what fo-unpack may use");
  }
  return {};
}

}  // namespace

Result<std::string> confine(std::span<const int> folders, const WorkerLimits& limits) {
  if (::prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0) return fail_errno("cannot give up new privileges");
  const int landlock = FO_TRY(confine_files(folders));
  FO_TRY(limit_resources(folders.size(), limits));
  begin_worker();
  const bool filter = FO_TRY(confine_calls());
  return fmt::format("fo-unpack is confined: {}, {}, resource limits, no new privileges",
                     landlock > 0 ? fmt::format("Landlock {}", landlock) : "no Landlock (not in this kernel)",
                     filter ? "a filter of system calls" : "no filter of system calls (not in this kernel)");
}

}  // namespace failover
