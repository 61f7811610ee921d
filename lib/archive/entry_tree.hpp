#pragma once

#include <span>
#include <string_view>
#include <vector>

#include <failover/error.hpp>

namespace failover {

/// An entry as far as the rules among paths care.
struct TreeNode {
  std::string_view path;
  bool directory = false;
};

template <typename Entries>
std::vector<TreeNode> tree_of(const Entries& entries) {
  std::vector<TreeNode> nodes;
  nodes.reserve(entries.size());
  for (const auto& entry : entries) nodes.push_back({entry.path, entry.is_directory()});
  return nodes;
}

/// The rules that concern paths among each other: duplicate and file_and_directory.
Result<void> check_tree(std::span<const TreeNode> nodes);

/// ArchiveRule::case_duplicate, for a target that folds case. Beyond ASCII the answer is on the safe side: such letters
/// count as equal.
Result<void> check_case(std::span<const TreeNode> nodes);

}  // namespace failover
