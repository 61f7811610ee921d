#include "state/state_dir.hpp"

#include <filesystem>
#include <utility>

#include <sys/stat.h>

#include <failover/error.hpp>

#include "core/file_io.hpp"
#include "core/system_error.hpp"

namespace failover {

namespace {

constexpr unsigned private_mode = 0700;

Result<void> check_owner_only_writes(const std::filesystem::path& root) {
  struct stat info{};
  if (::stat(root.c_str(), &info) != 0) return fail_errno("cannot look at the state directory " + root.string());
  if ((info.st_mode & (S_IWGRP | S_IWOTH)) != 0) {
    return fail(ErrorKind::config,
                "others can write to the state directory " + root.string() + "; type: chmod go-w " + root.string());
  }
  return {};
}

}  // namespace

StateDir::StateDir(std::filesystem::path root) noexcept : root_(std::move(root)) {}

StateDir StateDir::at(std::filesystem::path root) {
  return StateDir(std::move(root));
}

Result<StateDir> StateDir::open(const std::filesystem::path& root) {
  StateDir state(root);
  FO_TRY(while_doing("preparing the state directory", make_directories(root, private_mode)));
  FO_TRY(check_owner_only_writes(root));
  for (const auto& folder : {state.backups(), state.fetch(), state.probe(), state.restore(), state.promote()}) {
    FO_TRY(while_doing("preparing the state directory", make_directories(folder, private_mode)));
  }
  return state;
}

}  // namespace failover
