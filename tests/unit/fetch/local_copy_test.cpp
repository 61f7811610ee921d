#include "fetch/local_copy.hpp"

#include <chrono>
#include <cstddef>
#include <functional>
#include <tuple>
#include <vector>

#include <failover/context.hpp>
#include <failover/fetcher.hpp>

#include "fetch/digest.hpp"
#include "fetch/survey.hpp"
#include "state/backup_sidecar.hpp"
#include "support/catch.hpp"
#include "support/folder.hpp"

namespace {

using failover::Context;
using failover::FetchCandidate;
using failover::ObjectInfo;
using failover::StoredBackup;
using failover::WallTime;

constexpr auto place = "sftp://store/b.zip";

FetchCandidate in_the_store() {
  FetchCandidate candidate;
  candidate.object = ObjectInfo{"b.zip", "/b.zip", 4, WallTime(std::chrono::hours(1)), "v1", {}};
  candidate.index_sha256 = "index";
  candidate.content = WallTime(std::chrono::minutes(5));
  return candidate;
}

/// The same, stored before.
StoredBackup stored(const Folder& folder) {
  folder.put("b.zip", "data");
  StoredBackup backup;
  backup.path = folder.path / "b.zip";
  backup.sidecar.source = place;
  backup.sidecar.object = "/b.zip";
  backup.sidecar.version = "v1";
  backup.sidecar.size = 4;
  backup.sidecar.modified = WallTime(std::chrono::hours(1));
  backup.sidecar.index_sha256 = "index";
  backup.sidecar.sha256 = failover::sha256_of_file(backup.path, "", Context{}).value();
  return backup;
}

bool is_here(const StoredBackup& backup, const FetchCandidate& candidate, const char* source = place) {
  return failover::find_local_copy(std::vector{backup}, source, candidate, Context{})->path.has_value();
}

using Change = std::function<void(FetchCandidate&)>;

}  // namespace

TEST_CASE("What is here is not fetched again only if it is that very object") {
  const Folder folder;
  const auto backup = stored(folder);
  CHECK(is_here(backup, in_the_store()));
  const std::vector<Change> changes{[](FetchCandidate& other) { other.object.version = "v2"; },
                                    [](FetchCandidate& other) { other.object.size = 5; },
                                    [](FetchCandidate& other) { other.object.modified += std::chrono::seconds(1); },
                                    [](FetchCandidate& other) { other.index_sha256 = "other"; }};
  for (std::size_t i = 0; i < changes.size(); ++i) {
    INFO(i);
    auto other = in_the_store();
    changes[i](other);
    CHECK_FALSE(is_here(backup, other));
  }
}

TEST_CASE("In another place only an index that tells every entry makes it the same") {
  const Folder folder;
  const auto backup = stored(folder);
  auto elsewhere = in_the_store();
  elsewhere.object.version = "of another store";
  CHECK(is_here(backup, elsewhere, "gs://store/b.zip"));
  elsewhere.content.reset();
  CHECK_FALSE(is_here(backup, elsewhere, "gs://store/b.zip"));
}

TEST_CASE("Two looks at an object see the same only if nothing of it moved") {
  const auto object = in_the_store().object;
  CHECK(failover::same_object(object, object));
  for (const auto& [path, size, version] :
       {std::tuple("/c.zip", 4U, "v1"), std::tuple("/b.zip", 5U, "v1"), std::tuple("/b.zip", 4U, "v2")}) {
    auto other = object;
    other.path = path;
    other.size = size;
    other.version = version;
    CHECK_FALSE(failover::same_object(object, other));
  }
  auto later = object;
  later.modified += std::chrono::nanoseconds(1);
  CHECK_FALSE(failover::same_object(object, later));
}
