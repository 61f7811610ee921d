#include "archive/entry_tree.hpp"

#include <string>
#include <string_view>
#include <vector>

#include "archive/archive_rule.hpp"
#include "archive/entry_path.hpp"
#include "support/catch.hpp"

using namespace failover;

namespace {

std::vector<TreeNode> of(const std::vector<std::string_view>& paths) {
  std::vector<TreeNode> nodes;
  for (const auto path : paths) nodes.push_back({path});
  return nodes;
}

bool breaks(const Result<void>& result, ArchiveRule rule) {
  return !result && result.error().kind == ErrorKind::integrity &&
         result.error().message.contains("the rule " + std::string(to_string(rule)) + ":");
}

}  // namespace

TEST_CASE("paths that a target which folds case takes for one") {
  CHECK(breaks(check_case(of({"Readme", "README"})), ArchiveRule::case_duplicate));
  CHECK(breaks(check_case(of({"A/x", "a/y"})), ArchiveRule::case_duplicate));
  CHECK(breaks(check_case(of({"caf\xc3\xa9", "caf\xc3\x89"})), ArchiveRule::case_duplicate));
  CHECK(check_case(of({"a/x", "a/y", "b"})));
}

TEST_CASE("one entry for one path, file or directory") {
  CHECK(breaks(check_tree(of({"a", "b", "a"})), ArchiveRule::duplicate));
  CHECK(breaks(check_tree(of({"a/b", "a"})), ArchiveRule::file_and_directory));
  CHECK(check_tree(of({"a/b", "a/c", "ab"})));
}

TEST_CASE("a name becomes one path") {
  CHECK(*entry_path("./a/./b/", false) == "a/b");
  CHECK(entry_path("./", false)->empty());
  CHECK_FALSE(entry_path("a/../b", false));
  CHECK(*entry_path("..a/b..", false) == "..a/b..");
}

TEST_CASE("every rule has a name") {
  for (int rule = 0; rule <= static_cast<int>(ArchiveRule::empty_archive); ++rule) {
    CHECK(to_string(static_cast<ArchiveRule>(rule)) != "");
    CHECK(to_string(static_cast<ArchiveRule>(rule)) != "unknown");
  }
  CHECK(printable("a\x1b[2J\\") == "a\\x1b[2J\\x5c");
}
