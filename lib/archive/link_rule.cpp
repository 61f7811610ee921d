#include "archive/link_rule.hpp"

#include <algorithm>
#include <cstddef>
#include <string>
#include <string_view>

#include <failover/error.hpp>

#include "archive/archive_entry.hpp"
#include "archive/archive_rule.hpp"
#include "archive/entry_path.hpp"

namespace failover {

namespace {

constexpr std::size_t longest_target = 4095;

/// How many directories lie between `root` and the link; none when it is not beneath it.
std::ptrdiff_t depth_below(std::string_view path, std::string_view root) noexcept {
  if (!root.empty()) {
    if (!path.starts_with(root) || path.size() <= root.size() || path[root.size()] != '/') return -1;
    path.remove_prefix(root.size() + 1);
  }
  return std::ranges::count(path, '/');
}

}  // namespace

Result<void> check_link(const ArchiveEntry& entry, std::string_view root) {
  std::string_view rest = entry.link;
  if (rest.empty() || rest.size() > longest_target || rest.contains('\0') || !valid_utf8(rest)) {
    return refuse(ArchiveRule::link, entry.path, "it is a symbolic link to nothing that has a name");
  }
  if (rest.front() == '/') return refuse(ArchiveRule::link, entry.path, "it is a symbolic link to an absolute path");
  auto depth = depth_below(entry.path, root);
  bool down = false;
  while (!rest.empty()) {
    const auto slash = rest.find('/');
    const auto part = rest.substr(0, slash);
    rest.remove_prefix(slash == std::string_view::npos ? rest.size() : slash + 1);
    if (part.empty() || part == ".") continue;
    if (part == ".failover") return refuse(ArchiveRule::link, entry.path, "it is a symbolic link to our undo copies");
    if (part != "..") {
      down = true;
    } else if (down || --depth < 0) {
      return refuse(ArchiveRule::link, entry.path, "it is a symbolic link that may lead out of where it is restored");
    }
  }
  if (depth < 0) return refuse(ArchiveRule::link, entry.path, "it is a symbolic link outside of " + std::string(root));
  return {};
}

}  // namespace failover
