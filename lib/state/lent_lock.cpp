#include "state/lent_lock.hpp"

#include <cerrno>
#include <cstddef>
#include <filesystem>
#include <optional>
#include <utility>

#include <fcntl.h>
#include <nlohmann/json.hpp>
#include <sys/types.h>
#include <unistd.h>

#include <failover/error.hpp>

#include "core/file_io.hpp"
#include "core/file_lock.hpp"
#include "core/process_identity.hpp"
#include "core/system_error.hpp"
#include "state/host_lock.hpp"
#include "state/state_dir.hpp"

namespace failover {

namespace {

using nlohmann::json;

constexpr int format_number = 1;
constexpr std::size_t size_limit = 4096;

std::filesystem::path note_file(const StateDir& state) {
  return state.promote() / "lent";
}

std::filesystem::path lock_file(const StateDir& state) {
  return state.root() / "lock.lent";
}

json to_json(const ProcessIdentity& process) {
  return {{"pid", process.pid}, {"started", process.started}, {"boot", process.boot}};
}

ProcessIdentity process_in(const json& value) {
  ProcessIdentity process;
  value.at("pid").get_to(process.pid);
  value.at("started").get_to(process.started);
  value.at("boot").get_to(process.boot);
  return process;
}

struct Lending {
  ProcessIdentity lender;
  ProcessIdentity group;  ///< its leader
};

std::optional<Lending> read_lending(const StateDir& state) {
  const auto text = read_file(note_file(state), size_limit);
  if (!text) return std::nullopt;
  try {
    const auto value = json::parse(*text);
    if (value.at("format") != format_number) return std::nullopt;
    return Lending{process_in(value.at("lender")), process_in(value.at("group"))};
  } catch (const json::exception&) {
    return std::nullopt;
  }
}

std::unexpected<Error> not_lent() {
  return fail(ErrorKind::locked, "the host's lock is not lent to this run");
}

}  // namespace

Result<void> lend_host_lock(const StateDir& state, pid_t group) {
  const json note{{"format", format_number},
                  {"lender", to_json(FO_TRY(identity_of(::getpid())))},
                  {"group", to_json(FO_TRY(identity_of(group)))}};
  const auto file = FO_TRY(open_file(note_file(state), O_WRONLY | O_CREAT | O_TRUNC | O_NOFOLLOW, 0600));
  return write_all(file.get(), note.dump() + "\n");
}

Result<void> end_lending(const StateDir& state) {
  if (::unlink(note_file(state).c_str()) == 0 || errno == ENOENT) return {};
  return fail_errno("cannot remove " + note_file(state).string());
}

Result<FileLock> borrow_host_lock(const StateDir& state) {
  const auto lending = read_lending(state);
  const auto ours = ::getpgid(0);
  if (!lending || lending->group.pid != ours) return not_lent();
  const auto leader = identity_of(ours);
  if (!leader || *leader != lending->group) return not_lent();
  // First the lock, then the look: whoever takes the host's lock after the lender's death looks for it.
  auto lock = FO_TRY(FileLock::take(lock_file(state)));
  const auto holder = promotion_that_holds(state);
  if (!holder || *holder != lending->lender || !identity_of(holder->pid)) return not_lent();
  return lock;
}

Result<void> check_nobody_borrows(const StateDir& state) {
  FO_TRY(FileLock::take(lock_file(state)));
  return {};
}

}  // namespace failover
