#include "archive/zip_tree.hpp"

#include <string>
#include <vector>

#include "archive/entry_path.hpp"
#include "archive/zip_index.hpp"
#include "archive/zip_rule.hpp"
#include "support/catch.hpp"

using namespace failover;

namespace {

std::vector<ZipEntry> entries_of(const std::vector<std::string>& paths) {
  std::vector<ZipEntry> entries;
  for (const auto& path : paths) {
    ZipEntry entry;
    entry.path = path;
    entries.push_back(entry);
  }
  return entries;
}

bool breaks(const Result<void>& result, ZipRule rule) {
  return !result && result.error().kind == ErrorKind::integrity &&
         result.error().message.contains("the rule " + std::string(to_string(rule)) + ":");
}

}  // namespace

TEST_CASE("paths that a target which folds case takes for one") {
  CHECK(breaks(check_case(entries_of({"Readme", "README"})), ZipRule::case_duplicate));
  CHECK(breaks(check_case(entries_of({"A/x", "a/y"})), ZipRule::case_duplicate));
  CHECK(breaks(check_case(entries_of({"caf\xc3\xa9", "caf\xc3\x89"})), ZipRule::case_duplicate));
  CHECK(check_case(entries_of({"a/x", "a/y", "b"})));
}

TEST_CASE("one entry for one path, file or directory") {
  CHECK(breaks(check_tree(entries_of({"a", "b", "a"})), ZipRule::duplicate));
  CHECK(breaks(check_tree(entries_of({"a/b", "a"})), ZipRule::file_and_directory));
  CHECK(check_tree(entries_of({"a/b", "a/c", "ab"})));
}

TEST_CASE("a name becomes one path") {
  CHECK(*entry_path("./a/./b/", false) == "a/b");
  CHECK(entry_path("./", false)->empty());
  CHECK_FALSE(entry_path("a/../b", false));
  CHECK(*entry_path("..a/b..", false) == "..a/b..");
}

TEST_CASE("every rule has a name") {
  for (int rule = 0; rule <= static_cast<int>(ZipRule::empty_archive); ++rule) {
    CHECK(to_string(static_cast<ZipRule>(rule)) != "");
    CHECK(to_string(static_cast<ZipRule>(rule)) != "unknown");
  }
  CHECK(printable("a\x1b[2J\\") == "a\\x1b[2J\\x5c");
}
