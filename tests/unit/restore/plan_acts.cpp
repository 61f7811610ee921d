#include "restore/plan_acts.hpp"

#include <cstdint>
#include <string>
#include <vector>

#include <failover/error.hpp>

#include "archive/archive_entry.hpp"
#include "core/file_identity.hpp"
#include "restore/survey.hpp"
#include "state/restore_manifest.hpp"
#include "state/restore_plan_file.hpp"
#include "support/catch.hpp"

using namespace failover;

namespace {

ArchiveEntry file(std::string path, std::uint64_t size = 4, std::uint32_t crc = 9) {
  ArchiveEntry entry;
  entry.path = std::move(path);
  entry.size = size;
  entry.crc = crc;
  return entry;
}

LivePath live(FileKind kind, std::string mount = "") {
  LivePath path;
  path.facts.kind = kind;
  path.facts.identity.inode = 7;
  path.facts.identity.birth_ns = 8;
  path.facts.identity.size = 4;
  path.mount = std::move(mount);
  return path;
}

Survey empty_tree() {
  Survey survey;
  survey.paths[""] = live(FileKind::directory);
  return survey;
}

std::vector<std::string> shown(const DraftPlan& plan) {
  std::vector<std::string> lines;
  lines.reserve(plan.acts.size());
  for (const auto& draft : plan.acts) lines.push_back(std::string(to_string(draft.act.kind)) + " " + draft.act.path);
  return lines;
}

using Lines = std::vector<std::string>;

}  // namespace

TEST_CASE("an empty target gets directories first, then files") {
  const std::vector<ArchiveEntry> entries{file("b/c/x"), file("a")};
  const auto survey = empty_tree();
  const auto plan = plan_restore({entries, nullptr, survey, false});
  REQUIRE(plan);
  CHECK(shown(*plan) == Lines{"mkdir b", "mkdir b/c", "add a", "add b/c/x"});
}

TEST_CASE("a foreign tree is refused until it is taken over") {
  const std::vector<ArchiveEntry> entries{file("a")};
  auto survey = empty_tree();
  survey.empty_target = false;
  const auto refused = plan_restore({entries, nullptr, survey, false});
  REQUIRE_FALSE(refused);
  CHECK(refused.error().kind == ErrorKind::refused);
  CHECK(plan_restore({entries, nullptr, survey, true}));
}

TEST_CASE("what the last restore put there and the backup no longer has is removed; other files are left alone") {
  const std::vector<ArchiveEntry> entries{file("a")};
  auto survey = empty_tree();
  survey.empty_target = false;
  for (const char* path : {"a", "old", "foreign"}) survey.paths[path] = live(FileKind::file);
  survey.paths["dir"] = live(FileKind::directory);
  survey.paths["kept"] = live(FileKind::directory);
  RestoreManifest manifest;
  manifest.entries = {{.path = "a"},
                      {.path = "dir", .directory = true, .made = true},
                      {.path = "kept", .directory = true, .made = false},
                      {.path = "old"}};
  const auto plan = plan_restore({entries, &manifest, survey, false});
  REQUIRE(plan);
  CHECK(shown(*plan) == Lines{"remove old", "rmdir dir", "replace a"});
}

TEST_CASE("a file that is still the one we put there, with the same content to come, is no work") {
  const std::vector<ArchiveEntry> entries{file("a")};
  auto survey = empty_tree();
  survey.paths["a"] = live(FileKind::file);
  survey.paths["a"].facts.mtime_ns = 1;
  survey.paths["a"].facts.ctime_ns = 2;
  RestoreManifest manifest;
  manifest.entries = {
      {.path = "a", .crc = 9, .identity = survey.paths["a"].facts.identity, .mtime_ns = 1, .ctime_ns = 2}};
  CHECK(plan_restore({entries, &manifest, survey, false})->unchanged == 1);
  const auto differs = [&] { return plan_restore({entries, &manifest, survey, false})->unchanged == 0; };
  survey.paths["a"].facts.ctime_ns = 3;
  CHECK(differs());
  survey.paths["a"].facts.ctime_ns = 2;
  survey.paths["a"].facts.identity.inode = 70;
  CHECK(differs());
  survey.paths["a"].facts.identity.inode = 7;
  manifest.entries[0].crc = 10;
  CHECK(differs());
}

TEST_CASE("the logs of a database go with it unless the backup brings them") {
  auto survey = empty_tree();
  survey.empty_target = false;
  for (const char* path : {"db", "db-wal", "db-shm"}) survey.paths[path] = live(FileKind::file);
  const std::vector<ArchiveEntry> alone{file("db")};
  CHECK(shown(*plan_restore({alone, nullptr, survey, true})) == Lines{"remove db-shm", "remove db-wal", "replace db"});
  const std::vector<ArchiveEntry> both{file("db"), file("db-wal")};
  CHECK(shown(*plan_restore({both, nullptr, survey, true})) == Lines{"remove db-shm", "replace db", "replace db-wal"});
}

TEST_CASE("links, devices and mount points are never replaced", "[inside]") {
  const std::vector<ArchiveEntry> entries{file("d/a")};
  auto survey = empty_tree();
  survey.paths["d"] = live(FileKind::symlink);
  CHECK(plan_restore({entries, nullptr, survey, true}).error().kind == ErrorKind::refused);
  survey.paths["d"] = live(FileKind::directory);
  for (const auto kind : {FileKind::symlink, FileKind::other, FileKind::directory}) {
    survey.paths["d/a"] = live(kind);
    CHECK(plan_restore({entries, nullptr, survey, true}).error().kind == ErrorKind::refused);
  }
  survey.paths["d/a"] = live(FileKind::file);
  survey.paths["d/a"].facts.mount_root = true;
  CHECK(plan_restore({entries, nullptr, survey, true}).error().kind == ErrorKind::refused);
}

TEST_CASE("a slot lies on the mount of its file") {
  const std::vector<ArchiveEntry> entries{file("m/new/a"), file("b")};
  auto survey = empty_tree();
  survey.paths["m"] = live(FileKind::directory, "m");
  const auto plan = plan_restore({entries, nullptr, survey, true});
  for (const auto& draft : plan->acts) CHECK(draft.act.mount == (draft.act.path == "b" ? "" : "m"));
}
