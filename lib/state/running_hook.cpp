#include "state/running_hook.hpp"

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <cstddef>
#include <filesystem>
#include <optional>
#include <string>

#include <fcntl.h>
#include <nlohmann/json.hpp>
#include <sys/types.h>
#include <unistd.h>

#include <failover/context.hpp>
#include <failover/error.hpp>

#include "core/file_io.hpp"
#include "core/process_group.hpp"
#include "core/process_identity.hpp"
#include "core/system_error.hpp"
#include "state/state_dir.hpp"

namespace failover {

namespace {

using nlohmann::json;

constexpr int format_number = 1;
constexpr std::size_t size_limit = 4096;
constexpr std::size_t environment_limit = std::size_t{4} * 1024 * 1024;
constexpr Duration grace = std::chrono::seconds(2);

std::filesystem::path place(const StateDir& state) {
  return state.promote() / "hook";
}

/// One that is not whole was being written when fo-promote was killed: then its hook never began.
std::optional<ProcessIdentity> read_note(const StateDir& state) {
  const auto text = read_file(place(state), size_limit);
  if (!text) return std::nullopt;
  try {
    const auto value = json::parse(*text);
    ProcessIdentity hook;
    value.at("pid").get_to(hook.pid);
    value.at("started").get_to(hook.started);
    value.at("boot").get_to(hook.boot);
    return hook;
  } catch (const json::exception&) {
    return std::nullopt;
  }
}

/// Every process that a hook starts has its environment, unless it made one of its own.
bool is_of_a_hook(pid_t process) {
  const auto environment = read_file("/proc/" + std::to_string(process) + "/environ", environment_limit);
  return environment && environment->contains("FO_HOOK_STATE_DIR=");
}

/// Whether the group is that of the hook: its leader still lives, or has ended and left others. A number that was used
/// again has another leader, or members that know nothing of a hook.
Result<bool> still_works(const ProcessIdentity& hook) {
  const auto now = identity_of(hook.pid);
  if (!now && now.error().kind != ErrorKind::not_found) return std::unexpected(now.error());
  if (now && *now != hook) return false;
  const auto members = group_members(hook.pid);
  if (now) return !members.empty();
  return std::ranges::any_of(members, is_of_a_hook);
}

/// Whether it is at work itself.
Result<bool> leads_still(const ProcessIdentity& hook) {
  const auto now = identity_of(hook.pid);
  if (!now && now.error().kind != ErrorKind::not_found) return std::unexpected(now.error());
  return now && *now == hook;
}

Result<void> end_if(const StateDir& state, Result<bool> (*works)(const ProcessIdentity& hook), const Context& context) {
  const auto hook = read_note(state);
  const auto self = FO_TRY(identity_of(::getpid()));
  if (hook && hook->boot == self.boot && FO_TRY(works(*hook))) {
    context.note(Level::warning, "a hook of an fo-promote that was killed is still at work here (process " +
                                     std::to_string(hook->pid) + "): it is ended");
    FO_TRY(while_doing("ending the hook of an fo-promote that was killed", end_group(hook->pid, grace, context)));
  }
  return forget_running_hook(state);
}

}  // namespace

Result<void> note_running_hook(const StateDir& state, pid_t hook) {
  const auto identity = FO_TRY(identity_of(hook));
  const auto file = FO_TRY(open_file(place(state), O_WRONLY | O_CREAT | O_TRUNC | O_NOFOLLOW, 0600));
  return write_all(
      file.get(),
      json{{"format", format_number}, {"pid", identity.pid}, {"started", identity.started}, {"boot", identity.boot}}
              .dump() +
          "\n");
}

Result<void> forget_running_hook(const StateDir& state) {
  if (::unlink(place(state).c_str()) == 0 || errno == ENOENT) return {};
  return fail_errno("cannot remove " + place(state).string());
}

Result<void> end_left_hook(const StateDir& state, const Context& context) {
  return end_if(state, still_works, context);
}

Result<void> end_hook_at_work(const StateDir& state, const Context& context) {
  return end_if(state, leads_still, context);
}

}  // namespace failover
