#pragma once

#include <filesystem>

#include <failover/error.hpp>

namespace failover {

/// Where the tools remember: the path of everything in the state directory is spelled here and nowhere else.
class StateDir {
 public:
  /// For readers: makes nothing, the directory may be absent.
  static StateDir at(std::filesystem::path root);
  /// For writers: makes the directory and its folders with mode 0700. Refused (kind config) when others than its owner
  /// can write to it, since everything in it is believed.
  static Result<StateDir> open(const std::filesystem::path& root);

  [[nodiscard]] const std::filesystem::path& root() const noexcept { return root_; }
  [[nodiscard]] std::filesystem::path backups() const { return root_ / "backups"; }
  [[nodiscard]] std::filesystem::path fetch() const { return root_ / "fetch"; }
  [[nodiscard]] std::filesystem::path probe() const { return root_ / "probe"; }
  [[nodiscard]] std::filesystem::path restore() const { return root_ / "restore"; }
  [[nodiscard]] std::filesystem::path promote() const { return root_ / "promote"; }
  [[nodiscard]] std::filesystem::path role_file() const { return root_ / "role"; }
  [[nodiscard]] std::filesystem::path host_lock() const { return root_ / "lock"; }

 private:
  explicit StateDir(std::filesystem::path root) noexcept;
  std::filesystem::path root_;
};

}  // namespace failover
