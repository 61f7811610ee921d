#include "archive/entry_tree.hpp"

#include <span>
#include <string>
#include <string_view>
#include <unordered_map>

#include <failover/error.hpp>

#include "archive/archive_rule.hpp"
#include "core/ascii.hpp"

namespace failover {

namespace {

std::string fold(std::string_view path) {
  std::string folded;
  for (const char c : path) {
    const auto byte = static_cast<unsigned char>(c);
    if (byte >= 0x80) {
      if (folded.empty() || folded.back() != '\1') folded += '\1';
    } else {
      folded += ascii_lower(c);
    }
  }
  return folded;
}

}  // namespace

Result<void> check_tree(std::span<const TreeNode> nodes) {
  std::unordered_map<std::string_view, bool> is_directory;
  is_directory.reserve(nodes.size());
  for (const auto& entry : nodes) {
    if (!is_directory.emplace(entry.path, entry.directory).second) {
      return refuse(ArchiveRule::duplicate, entry.path, "two entries mean this path");
    }
  }
  for (const auto& entry : nodes) {
    const std::string_view path = entry.path;
    for (auto slash = path.find('/'); slash != std::string_view::npos; slash = path.find('/', slash + 1)) {
      const auto above = is_directory.find(path.substr(0, slash));
      if (above != is_directory.end() && !above->second) {
        return refuse(ArchiveRule::file_and_directory, above->first, "it is a file and also a directory");
      }
    }
  }
  return {};
}

Result<void> check_case(std::span<const TreeNode> nodes) {
  std::unordered_map<std::string, std::string_view> seen;
  for (const auto& entry : nodes) {
    const std::string_view path = entry.path;
    // Directories that no entry names count too: "A/x" and "a/y" would meet in one directory.
    for (auto end = path.find('/');; end = path.find('/', end + 1)) {
      const auto part = path.substr(0, end);
      const auto [found, fresh] = seen.emplace(fold(part), part);
      if (!fresh && found->second != part) {
        return refuse(ArchiveRule::case_duplicate, part, "the target takes it for " + printable(found->second));
      }
      if (end == std::string_view::npos) break;
    }
  }
  return {};
}

}  // namespace failover
