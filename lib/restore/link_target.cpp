#include "restore/link_target.hpp"

#include <algorithm>
#include <string_view>

namespace failover {

bool link_ends_inside(std::string_view directory, std::string_view path, std::string_view target) noexcept {
  if (target.empty() || target.contains('\0')) return false;
  auto depth = std::ranges::count(path, '/');
  if (target.starts_with('/')) {
    const bool beneath = target.starts_with(directory) &&
                         (directory == "/" || target.size() == directory.size() || target[directory.size()] == '/');
    if (!beneath) return false;
    target.remove_prefix(directory.size());
    depth = 0;
  }
  bool named = false;
  while (!target.empty()) {
    const auto part = target.substr(0, target.find('/'));
    target.remove_prefix(std::min(target.size(), part.size() + 1));
    if (part.empty() || part == ".") continue;
    if (part != "..") {
      named = true;
    } else if (named || depth-- == 0) {
      return false;
    }
  }
  return true;
}

}  // namespace failover
