#include "state/restore_marker.hpp"

#include <cerrno>
#include <cstdint>
#include <string>

#include <fmt/format.h>
#include <nlohmann/json.hpp>
#include <sys/stat.h>

#include <failover/error.hpp>
#include <failover/restorer.hpp>

#include "core/atomic_file.hpp"
#include "core/system_error.hpp"
#include "state/restore_roots.hpp"
#include "state/state_dir.hpp"

namespace failover {

RestoreMarker::RestoreMarker(const StateDir& state) : path_(state.restore() / "in-progress") {}

Result<bool> RestoreMarker::is_set() const {
  struct stat info{};
  if (::lstat(path_.c_str(), &info) == 0) return true;
  if (errno == ENOENT) return false;
  return fail_errno("cannot look at " + path_.string());
}

Result<void> RestoreMarker::set(std::uint64_t run, const std::vector<RestoreRoot>& roots) const {
  constexpr int format_number = 1;
  const nlohmann::json value{
      {"format", format_number}, {"run", run}, {"roots", nlohmann::json::parse(roots_to_json(roots))}};
  return write_file_atomically(path_, value.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace) + "\n");
}

Result<void> RestoreMarker::clear() const {
  return remove_file_durably(path_);
}

}  // namespace failover
