#include "restore/scratch_folder.hpp"

#include <filesystem>
#include <string>
#include <system_error>
#include <utility>

#include <fcntl.h>
#include <stdlib.h>  // NOLINT(modernize-deprecated-headers): mkdtemp is POSIX's

#include <failover/error.hpp>

#include "core/file_io.hpp"
#include "core/system_error.hpp"

namespace failover {

Result<ScratchFolder> ScratchFolder::make() {
  std::error_code error;
  const auto above = std::filesystem::temp_directory_path(error);
  auto name = (error ? std::filesystem::path("/tmp") : above) / "fo-restore.XXXXXX";
  std::string path = name.string();
  if (::mkdtemp(path.data()) == nullptr) return fail_errno("cannot make the folder " + path);
  auto folder = open_file(path, O_RDONLY | O_DIRECTORY | O_NOFOLLOW);
  if (!folder) {
    std::filesystem::remove(path, error);
    return std::unexpected(folder.error());
  }
  return ScratchFolder(path, std::move(*folder));
}

ScratchFolder::~ScratchFolder() {
  std::error_code ignored;
  if (!path_.empty()) std::filesystem::remove_all(path_, ignored);
}

}  // namespace failover
