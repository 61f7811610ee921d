#pragma once

#include <string>
#include <string_view>
#include <vector>

#include <failover/error.hpp>
#include <failover/restorer.hpp>

#include "core/fd.hpp"
#include "state/restore_roots.hpp"

namespace failover {

/// The directory above a path ("" for one without a slash) and its last component.
std::string parent_of(std::string_view path);
std::string name_of(std::string_view path);

/// The directories of this host that a restore works on, seen as one tree by the paths of the archive: each root takes
/// what lies beneath its prefix, the longest prefix first. Everything is reached from a root's descriptor with
/// open_beneath: nothing outside can be touched, and a symbolic link on the way is an error of kind refused (property
/// inside).
class LiveTree {
 public:
  /// A root itself may be reached through links: it is the admin's word. kind not_found when one is not there, usage
  /// when two are one directory or lie within each other.
  static Result<LiveTree> open(std::vector<RestoreRoot> roots);

  /// By prefix, with canonical directories.
  [[nodiscard]] const std::vector<RestoreRoot>& roots() const noexcept { return roots_; }
  [[nodiscard]] bool is_root(std::string_view path) const noexcept { return failover::is_root(roots_, path); }
  /// A path as it is called on this host, for messages.
  [[nodiscard]] std::string shown(std::string_view path) const { return shown_path(roots_, path); }
  /// Whether names that differ in case alone are one file in one of the roots.
  [[nodiscard]] bool folds_case() const noexcept;
  /// A root or a directory beneath one, for renameat and its family.
  [[nodiscard]] Result<Fd> directory(const std::string& path) const;

 private:
  LiveTree(std::vector<RestoreRoot> roots, std::vector<Fd> opened) noexcept;
  std::vector<RestoreRoot> roots_;
  std::vector<Fd> opened_;  ///< of each root its directory
};

}  // namespace failover
