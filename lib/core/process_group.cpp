#include "core/process_group.hpp"

#include <chrono>
#include <csignal>
#include <cstddef>
#include <filesystem>
#include <optional>
#include <sstream>
#include <string>
#include <system_error>
#include <vector>

#include <sys/types.h>

#include <failover/context.hpp>
#include <failover/error.hpp>

#include "core/file_io.hpp"
#include "core/pause.hpp"
#include "core/whole_number.hpp"

namespace failover {

namespace {

constexpr std::size_t stat_limit = 4096;
constexpr Duration between_looks = std::chrono::milliseconds(20);

bool lives_in(pid_t process, pid_t group) {
  const auto stat = read_file("/proc/" + std::to_string(process) + "/stat", stat_limit);
  if (!stat) return false;
  // proc(5): state, parent and group follow the name, which may hold anything but ends with the last ')'.
  const auto name_end = stat->rfind(')');
  if (name_end == std::string::npos) return false;
  std::istringstream fields(stat->substr(name_end + 1));
  std::string state;
  pid_t parent = 0;
  pid_t its_group = 0;
  fields >> state >> parent >> its_group;
  return fields && its_group == group && state != "Z" && state != "X";
}

}  // namespace

std::vector<pid_t> group_members(pid_t group) {
  std::vector<pid_t> members;
  std::error_code error;
  for (std::filesystem::directory_iterator entry("/proc", error), end; !error && entry != end; entry.increment(error)) {
    const auto process = whole_number<pid_t>(entry->path().filename().string());
    if (process && lives_in(*process, group)) members.push_back(*process);
  }
  return members;
}

Result<void> end_group(pid_t group, Duration grace, const Context& context) {
  if (group <= 1) return fail(ErrorKind::internal, "no process group to end");
  ::kill(-group, SIGTERM);
  ::kill(-group, SIGCONT);
  const auto patience = Deadline::after(grace);
  while (!group_members(group).empty()) {
    if (patience.passed()) ::kill(-group, SIGKILL);
    FO_TRY(pause_between_tries(between_looks, context));
  }
  return {};
}

}  // namespace failover
