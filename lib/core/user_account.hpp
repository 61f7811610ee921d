#pragma once

#include <string>
#include <vector>

#include <sys/types.h>

#include <failover/error.hpp>

namespace failover {

/// A user of this host, with everything that a process must take on to be his.
struct UserAccount {
  std::string name;
  uid_t uid = 0;
  gid_t gid = 0;
  std::vector<gid_t> groups;  ///< all of his, the primary one too
  std::string home;
};

/// Somebody whom a program may be handed to. kind usage for a user that does not exist, refused for root by whatever
/// name, permission when we are not root and so cannot become anybody.
Result<UserAccount> find_lesser_user(const std::string& name);

}  // namespace failover
