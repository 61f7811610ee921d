#include "archive/link_rule.hpp"

#include <string>

#include <failover/error.hpp>

#include "archive/archive_entry.hpp"
#include "support/catch.hpp"

using namespace failover;

namespace {

bool ends_inside(const std::string& path, const std::string& target, const std::string& root = "") {
  ArchiveEntry entry;
  entry.path = path;
  entry.kind = EntryKind::symlink;
  entry.link = target;
  const auto result = check_link(entry, root);
  CHECK((result || result.error().message.contains("the rule link:")));
  return result.has_value();
}

}  // namespace

TEST_CASE("a link that ends beneath the same map") {
  CHECK(ends_inside("en", "en_US"));
  CHECK(ends_inside("a/b/c", "../../x"));
  CHECK(ends_inside("a/b", "./c/d/"));
  CHECK(ends_inside("a/b", ".."));
  CHECK(ends_inside("var/lib/a/x", "../b", "var/lib"));
}

TEST_CASE("a link that leads out, or may") {
  CHECK_FALSE(ends_inside("a", "/etc/passwd"));
  CHECK_FALSE(ends_inside("a", "../x"));
  CHECK_FALSE(ends_inside("a/b", "../../x"));
  // Up again after going down: what is gone down into may be a link itself.
  CHECK_FALSE(ends_inside("a/b", "c/../../d"));
  CHECK_FALSE(ends_inside("a/b", "c/.."));
  CHECK_FALSE(ends_inside("a", ""));
  CHECK_FALSE(ends_inside("a", std::string("b\0c", 3)));
  CHECK_FALSE(ends_inside("a", std::string(4096, 'x')));
  CHECK_FALSE(ends_inside("a", "caf\xe9"));
  CHECK_FALSE(ends_inside("a", ".failover/1/0"));
  CHECK_FALSE(ends_inside("var/lib/a", "../b", "var/lib"));
  CHECK_FALSE(ends_inside("etc/a", "b", "var/lib"));
  CHECK_FALSE(ends_inside("var/library/a", "b", "var/lib"));
}
