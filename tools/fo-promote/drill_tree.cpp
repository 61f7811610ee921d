#include "fo-promote/drill_tree.hpp"

#include <algorithm>
#include <filesystem>
#include <system_error>
#include <vector>

#include <fmt/format.h>

#include <failover/context.hpp>
#include <failover/error.hpp>
#include <failover/restorer.hpp>
#include <failover/role.hpp>

namespace failover::promote_tool {

namespace {

/// One is the other, or holds it.
bool overlap(const std::filesystem::path& a, const std::filesystem::path& b) {
  const auto [in_a, in_b] = std::ranges::mismatch(a, b);
  return in_a == a.end() || in_b == b.end();
}

Result<std::filesystem::path> real_path(const std::filesystem::path& path) {
  std::error_code error;
  auto real = std::filesystem::weakly_canonical(std::filesystem::absolute(path), error);
  if (error) return fail(ErrorKind::io, fmt::format("cannot look at {}: {}", path.string(), error.message()));
  // "/srv/drill/" ends in an empty name.
  return real.has_filename() ? real : real.parent_path();
}

}  // namespace

RestoreOptions restore_options_of_drill(const std::filesystem::path& directory) {
  RestoreOptions options;
  if (!directory.empty()) options.roots = {{"", directory.string()}};
  options.mirror = true;
  options.symlinks = true;
  return options;
}

Result<std::vector<std::filesystem::path>> what_production_stands_on(const std::filesystem::path& state_dir) {
  std::vector<std::filesystem::path> places{FO_TRY(real_path(state_dir))};
  for (const auto& root : FO_TRY(make_restorer(state_dir)->status()).roots) {
    places.push_back(FO_TRY(real_path(root.directory)));
  }
  return places;
}

Result<RestoreReport> restore_for_drill(const std::filesystem::path& state_dir, const std::filesystem::path& directory,
                                        const VerifiedBackup& backup, const Context& context) {
  const auto real = FO_TRY(real_path(directory));
  for (const auto& place : FO_TRY(what_production_stands_on(state_dir))) {
    if (!overlap(real, place)) continue;
    return fail(ErrorKind::refused,
                fmt::format("--restore-into {} and {} overlap, and a drill must not touch the latter; name a directory "
                            "of its own",
                            directory.string(), place.string()));
  }
  std::error_code error;
  std::filesystem::create_directories(real, error);
  if (error) return fail(ErrorKind::io, fmt::format("cannot make {}: {}", real.string(), error.message()));
  const auto restorer = make_restorer(drill_state_dir(state_dir));
  return restorer->restore(backup.path, restore_options_of_drill(real), context);
}

}  // namespace failover::promote_tool
