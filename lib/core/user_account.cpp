#include "core/user_account.hpp"

#include <cerrno>
#include <cstddef>
#include <string>
#include <vector>

#include <grp.h>
#include <pwd.h>
#include <sys/types.h>
#include <unistd.h>

#include <failover/error.hpp>

#include "core/system_error.hpp"

namespace failover {

namespace {

constexpr std::size_t entry_size = std::size_t{64} * 1024;
constexpr int most_groups = 65536;

}  // namespace

Result<UserAccount> find_lesser_user(const std::string& name) {
  passwd entry{};
  passwd* found = nullptr;
  std::vector<char> room(entry_size);
  const int error = ::getpwnam_r(name.c_str(), &entry, room.data(), room.size(), &found);
  if (found == nullptr && error != 0 && error != ENOENT && error != ESRCH) {
    return std::unexpected(system_error(error, "cannot look up the user " + name));
  }
  if (found == nullptr)
    return fail(ErrorKind::usage, "the user \"" + name + "\" does not exist on this host; make it or name another");
  if (entry.pw_uid == 0) return fail(ErrorKind::refused, "\"" + name + "\" is root: name a user of lesser rights");
  if (::geteuid() != 0)
    return fail(ErrorKind::permission, "only root can run a program as " + name + "; type it as root");
  const std::string home = entry.pw_dir;
  UserAccount user{name, entry.pw_uid, entry.pw_gid, std::vector<gid_t>(most_groups), home.empty() ? "/" : home};
  int count = most_groups;
  if (::getgrouplist(name.c_str(), entry.pw_gid, user.groups.data(), &count) < 0) {
    return fail(ErrorKind::io, "cannot tell the groups of " + name);
  }
  user.groups.resize(static_cast<std::size_t>(count));
  return user;
}

}  // namespace failover
