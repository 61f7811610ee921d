#include "restore/live_tree.hpp"

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>
#include <system_error>
#include <utility>
#include <vector>

#include <fcntl.h>
#include <linux/fs.h>
#include <sys/ioctl.h>
#include <sys/vfs.h>

#include <failover/error.hpp>
#include <failover/restorer.hpp>

#include "core/beneath.hpp"
#include "core/fd.hpp"
#include "core/file_io.hpp"
#include "state/restore_roots.hpp"

namespace failover {

std::string parent_of(std::string_view path) {
  const auto slash = path.rfind('/');
  return std::string(slash == std::string_view::npos ? std::string_view() : path.substr(0, slash));
}

std::string name_of(std::string_view path) {
  const auto slash = path.rfind('/');
  return std::string(slash == std::string_view::npos ? path : path.substr(slash + 1));
}

namespace {

bool lies_within(const std::string& inner, const std::string& outer) {
  return inner == outer || outer == "/" || inner.starts_with(outer + "/");
}

Result<RestoreRoot> canonical_root(const RestoreRoot& root) {
  std::error_code error;
  const auto real = std::filesystem::canonical(root.directory, error);
  if (error == std::errc::no_such_file_or_directory) {
    return fail(ErrorKind::not_found, "the target " + root.directory + " does not exist; make it with its owner first");
  }
  if (error) return fail(ErrorKind::io, "cannot look at the target " + root.directory + ": " + error.message());
  return RestoreRoot{root.prefix, real.string()};
}

Result<void> check_apart(const std::vector<RestoreRoot>& roots) {
  for (std::size_t i = 0; i < roots.size(); ++i) {
    for (std::size_t k = 0; k < roots.size(); ++k) {
      if (i == k) continue;
      if (i < k && roots[i].prefix == roots[k].prefix) {
        return fail(ErrorKind::usage, "two targets for the same part of the backup: " + roots[i].directory + " and " +
                                          roots[k].directory + "; it can go to one only");
      }
      if (lies_within(roots[i].directory, roots[k].directory)) {
        return fail(ErrorKind::usage, "the targets " + roots[i].directory + " and " + roots[k].directory +
                                          " overlap; name directories that do not lie within each other");
      }
    }
  }
  return {};
}

bool folds(int directory) noexcept {
  // FAT, exFAT, NTFS, ntfs3, SMB 1, SMB 2.
  constexpr std::array<std::uint32_t, 6> folding{0x4d44, 0x2011BAB0, 0x5346544e, 0x7366746e, 0xFF534D42, 0xFE534D42};
  struct statfs info{};
  if (::fstatfs(directory, &info) == 0 &&
      std::ranges::find(folding, static_cast<std::uint32_t>(info.f_type)) != folding.end()) {
    return true;
  }
  int flags = 0;
  return ::ioctl(directory, FS_IOC_GETFLAGS, &flags) == 0 && (flags & FS_CASEFOLD_FL) != 0;
}

}  // namespace

LiveTree::LiveTree(std::vector<RestoreRoot> roots, std::vector<Fd> opened) noexcept
    : roots_(std::move(roots)), opened_(std::move(opened)) {}

Result<LiveTree> LiveTree::open(std::vector<RestoreRoot> roots) {
  for (auto& root : roots) root = FO_TRY(canonical_root(root));
  std::ranges::sort(roots, {}, &RestoreRoot::prefix);
  FO_TRY(check_apart(roots));
  std::vector<Fd> opened;
  for (const auto& root : roots) {
    opened.push_back(FO_TRY(while_doing("opening the target", open_file(root.directory, O_RDONLY | O_DIRECTORY))));
  }
  return LiveTree(std::move(roots), std::move(opened));
}

bool LiveTree::folds_case() const noexcept {
  return std::ranges::any_of(opened_, [](const Fd& directory) { return folds(directory.get()); });
}

Result<Fd> LiveTree::directory(const std::string& path) const {
  const auto* root = root_of(roots_, path);
  if (root == nullptr) return fail(ErrorKind::internal, "no target takes " + path);
  const int top = opened_[static_cast<std::size_t>(root - roots_.data())].get();
  return while_doing("beneath " + root->directory,
                     open_beneath(top, std::string(beneath_prefix(root->prefix, path)), O_RDONLY | O_DIRECTORY));
}

}  // namespace failover
