#pragma once

#include <filesystem>
#include <string>
#include <string_view>

#include <failover/error.hpp>

#include "core/fd.hpp"

namespace failover {

/// The directory above a path ("" for one directly beneath the target) and its last component.
std::string parent_of(std::string_view path);
std::string name_of(std::string_view path);

/// A target directory on this host. Everything beneath it is reached from its descriptor with open_beneath: nothing
/// outside can be touched, and a symbolic link on the way is an error of kind refused (property inside).
class LiveTree {
 public:
  /// The target itself may be reached through links: it is the admin's word. kind not_found when it is not there.
  static Result<LiveTree> open(const std::filesystem::path& target);

  [[nodiscard]] const std::string& target() const noexcept { return target_; }
  [[nodiscard]] int root() const noexcept { return root_.get(); }
  /// Whether names that differ in case alone are one file here.
  [[nodiscard]] bool folds_case() const noexcept;
  /// A directory beneath, for renameat and its family.
  [[nodiscard]] Result<Fd> directory(const std::string& path) const;

 private:
  LiveTree(std::string target, Fd root) noexcept;
  std::string target_;
  Fd root_;
};

}  // namespace failover
