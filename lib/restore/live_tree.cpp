#include "restore/live_tree.hpp"

#include <algorithm>
#include <array>
#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>
#include <system_error>
#include <utility>

#include <fcntl.h>
#include <linux/fs.h>
#include <sys/ioctl.h>
#include <sys/vfs.h>

#include <failover/error.hpp>

#include "core/beneath.hpp"
#include "core/fd.hpp"
#include "core/file_io.hpp"

namespace failover {

std::string parent_of(std::string_view path) {
  const auto slash = path.rfind('/');
  return std::string(slash == std::string_view::npos ? std::string_view() : path.substr(0, slash));
}

std::string name_of(std::string_view path) {
  const auto slash = path.rfind('/');
  return std::string(slash == std::string_view::npos ? path : path.substr(slash + 1));
}

LiveTree::LiveTree(std::string target, Fd root) noexcept : target_(std::move(target)), root_(std::move(root)) {}

Result<LiveTree> LiveTree::open(const std::filesystem::path& target) {
  std::error_code error;
  const auto real = std::filesystem::canonical(target, error);
  if (error == std::errc::no_such_file_or_directory) {
    return fail(ErrorKind::not_found,
                "the target " + target.string() + " does not exist; make it with its owner first");
  }
  if (error) return fail(ErrorKind::io, "cannot look at the target " + target.string() + ": " + error.message());
  auto root = FO_TRY(while_doing("opening the target", open_file(real, O_RDONLY | O_DIRECTORY)));
  return LiveTree(real.string(), std::move(root));
}

bool LiveTree::folds_case() const noexcept {
  // FAT, exFAT, NTFS, ntfs3, SMB 1, SMB 2.
  constexpr std::array<std::uint32_t, 6> folding{0x4d44, 0x2011BAB0, 0x5346544e, 0x7366746e, 0xFF534D42, 0xFE534D42};
  struct statfs info{};
  if (::fstatfs(root_.get(), &info) == 0 &&
      std::ranges::find(folding, static_cast<std::uint32_t>(info.f_type)) != folding.end()) {
    return true;
  }
  int flags = 0;
  return ::ioctl(root_.get(), FS_IOC_GETFLAGS, &flags) == 0 && (flags & FS_CASEFOLD_FL) != 0;
}

Result<Fd> LiveTree::directory(const std::string& path) const {
  return while_doing("beneath " + target_, open_beneath(root_.get(), path, O_RDONLY | O_DIRECTORY));
}

}  // namespace failover
