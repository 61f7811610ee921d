#include "fetch/keep.hpp"

#include <chrono>
#include <filesystem>
#include <string>
#include <vector>

#include "support/catch.hpp"

namespace {

using failover::KeepRules;
using failover::StoredBackup;
using Paths = std::vector<std::filesystem::path>;

/// a is the newest.
std::vector<StoredBackup> stored(const std::string& names, const std::string& source = "s") {
  std::vector<StoredBackup> backups;
  for (const char name : names) {
    StoredBackup backup;
    backup.path = std::string("/b/") + name;
    backup.sidecar.source = source;
    backup.sidecar.sha256 = std::string(64, name);
    backups.push_back(backup);
  }
  return backups;
}

KeepRules rules(std::size_t keep) {
  KeepRules result;
  result.keep = keep;
  result.source = "s";
  return result;
}

}  // namespace

TEST_CASE("As many stay as asked, the new one counted") {
  CHECK(failover::choose_removals(stored("abc"), std::nullopt, rules(3)).empty());
  CHECK(failover::choose_removals(stored("abc"), "/b/new", rules(3)) == Paths{"/b/c"});
  CHECK(failover::choose_removals(stored("abc"), "/b/a", rules(2)) == Paths{"/b/c"});
  CHECK(failover::choose_removals(stored("ab"), "/b/new", rules(1)) == Paths{"/b/a", "/b/b"});
}

TEST_CASE("good-stays-good: the last verified one, the new one and the restored one stay whatever the count") {
  CHECK(failover::choose_removals(stored("abc"), std::nullopt, rules(1)) == Paths{"/b/b", "/b/c"});
  CHECK(failover::choose_removals(stored("abc"), "/b/c", rules(1)) == Paths{"/b/b"});
  // A count of none is refused elsewhere; asked for all the same the newest stays.
  CHECK(failover::choose_removals(stored("abc"), std::nullopt, rules(0)) == Paths{"/b/b", "/b/c"});
  auto restored = rules(1);
  restored.restored_sha256 = std::string(64, 'c');
  CHECK(failover::choose_removals(stored("abc"), "/b/new", restored) == Paths{"/b/a", "/b/b"});
  auto needed = rules(1);
  needed.needed = {"/b/b"};
  CHECK(failover::choose_removals(stored("abc"), "/b/new", needed) == Paths{"/b/a", "/b/c"});
}

TEST_CASE("Backups of another source are neither counted nor removed") {
  auto both = stored("ab");
  const auto others = stored("xyz", "other");
  both.insert(both.end(), others.begin(), others.end());
  CHECK(failover::choose_removals(both, "/b/new", rules(1)) == Paths{"/b/a", "/b/b"});
}
