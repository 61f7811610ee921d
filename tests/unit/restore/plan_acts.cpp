#include "restore/plan_acts.hpp"

#include <cstdint>
#include <string>
#include <vector>

#include <failover/error.hpp>
#include <failover/restorer.hpp>

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
const std::vector<RestoreRoot> whole{{"", "/srv"}};

}  // namespace

TEST_CASE("an empty target gets directories first, then files") {
  const std::vector<ArchiveEntry> entries{file("b/c/x"), file("a")};
  const auto survey = empty_tree();
  const auto plan = plan_restore({entries, nullptr, survey, whole, false});
  REQUIRE(plan);
  CHECK(shown(*plan) == Lines{"mkdir b", "mkdir b/c", "add a", "add b/c/x"});
}

TEST_CASE("a foreign tree is refused until it is taken over") {
  const std::vector<ArchiveEntry> entries{file("a")};
  auto survey = empty_tree();
  survey.occupied = {""};
  const auto refused = plan_restore({entries, nullptr, survey, whole, false});
  REQUIRE_FALSE(refused);
  CHECK(refused.error().kind == ErrorKind::refused);
  CHECK(plan_restore({entries, nullptr, survey, whole, true}));
}

TEST_CASE("what the last restore put there and the backup no longer has is removed; other files are left alone") {
  const std::vector<ArchiveEntry> entries{file("a")};
  auto survey = empty_tree();
  survey.occupied = {""};
  for (const char* path : {"a", "old", "foreign"}) survey.paths[path] = live(FileKind::file);
  survey.paths["dir"] = live(FileKind::directory);
  survey.paths["kept"] = live(FileKind::directory);
  RestoreManifest manifest;
  manifest.roots = whole;
  manifest.entries = {{.path = "a"},
                      {.path = "dir", .directory = true, .made = true},
                      {.path = "kept", .directory = true, .made = false},
                      {.path = "old"}};
  const auto plan = plan_restore({entries, &manifest, survey, whole, false});
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
  manifest.roots = whole;
  manifest.entries = {
      {.path = "a", .crc = 9, .identity = survey.paths["a"].facts.identity, .mtime_ns = 1, .ctime_ns = 2}};
  CHECK(plan_restore({entries, &manifest, survey, whole, false})->unchanged == 1);
  const auto differs = [&] { return plan_restore({entries, &manifest, survey, whole, false})->unchanged == 0; };
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
  survey.occupied = {""};
  for (const char* path : {"db", "db-wal", "db-shm"}) survey.paths[path] = live(FileKind::file);
  const std::vector<ArchiveEntry> alone{file("db")};
  CHECK(shown(*plan_restore({alone, nullptr, survey, whole, true})) ==
        Lines{"remove db-shm", "remove db-wal", "replace db"});
  const std::vector<ArchiveEntry> both{file("db"), file("db-wal")};
  CHECK(shown(*plan_restore({both, nullptr, survey, whole, true})) ==
        Lines{"remove db-shm", "replace db", "replace db-wal"});
}

TEST_CASE("links, devices and mount points are never replaced", "[inside]") {
  const std::vector<ArchiveEntry> entries{file("d/a")};
  auto survey = empty_tree();
  survey.paths["d"] = live(FileKind::symlink);
  CHECK(plan_restore({entries, nullptr, survey, whole, true}).error().kind == ErrorKind::refused);
  survey.paths["d"] = live(FileKind::directory);
  for (const auto kind : {FileKind::symlink, FileKind::other, FileKind::directory}) {
    survey.paths["d/a"] = live(kind);
    CHECK(plan_restore({entries, nullptr, survey, whole, true}).error().kind == ErrorKind::refused);
  }
  survey.paths["d/a"] = live(FileKind::file);
  survey.paths["d/a"].facts.mount_root = true;
  CHECK(plan_restore({entries, nullptr, survey, whole, true}).error().kind == ErrorKind::refused);
}

TEST_CASE("a slot lies on the mount of its file") {
  const std::vector<ArchiveEntry> entries{file("m/new/a"), file("b")};
  auto survey = empty_tree();
  survey.paths["m"] = live(FileKind::directory, "m");
  const auto plan = plan_restore({entries, nullptr, survey, whole, true});
  for (const auto& draft : plan->acts) CHECK(draft.act.mount == (draft.act.path == "b" ? "" : "m"));
}

namespace {

ArchiveEntry link_to(std::string path, std::string target) {
  ArchiveEntry entry;
  entry.path = std::move(path);
  entry.kind = EntryKind::symlink;
  entry.link = std::move(target);
  return entry;
}

}  // namespace

TEST_CASE("symbolic links come last, and only such as end beneath their root") {
  const auto survey = empty_tree();
  const std::vector<ArchiveEntry> entries{link_to("a", "z/x"), file("z/x")};
  const auto plan = plan_restore({entries, nullptr, survey, whole, false});
  REQUIRE(plan);
  CHECK(shown(*plan) == Lines{"mkdir z", "add z/x", "add a"});
  CHECK(plan->acts.back().act.link == "z/x");
  const std::vector<ArchiveEntry> outside{link_to("a", "../x")};
  CHECK(plan_restore({outside, nullptr, survey, whole, false}).error().kind == ErrorKind::refused);
}

TEST_CASE("a symbolic link here gives way to one of the backup, or if it is ours") {
  auto survey = empty_tree();
  survey.paths["a"] = live(FileKind::symlink);
  survey.paths["a"].facts.identity.symlink = true;
  const std::vector<ArchiveEntry> links{link_to("a", "b")};
  CHECK(shown(*plan_restore({links, nullptr, survey, whole, false})) == Lines{"replace a"});
  const std::vector<ArchiveEntry> files{file("a")};
  CHECK(plan_restore({files, nullptr, survey, whole, false}).error().kind == ErrorKind::refused);
  RestoreManifest manifest;
  manifest.roots = whole;
  manifest.entries = {{.path = "a", .crc = content_crc(links[0]), .identity = survey.paths["a"].facts.identity}};
  manifest.entries[0].identity.size = survey.paths["a"].facts.identity.size = 1;
  CHECK(shown(*plan_restore({files, &manifest, survey, whole, false})) == Lines{"replace a"});
  CHECK(plan_restore({links, &manifest, survey, whole, false})->unchanged == 1);
  const std::vector<ArchiveEntry> none{file("c")};
  CHECK(shown(*plan_restore({none, &manifest, survey, whole, false})) == Lines{"remove a", "add c"});
}

TEST_CASE("several roots: each entry goes where the longest prefix says, the rest is passed over or refused") {
  const std::vector<RestoreRoot> roots{{"etc", "/a"}, {"var/lib", "/b"}};
  Survey survey;
  survey.paths["etc"] = live(FileKind::directory, "etc");
  survey.paths["var/lib"] = live(FileKind::directory, "var/lib");
  ArchiveEntry above;
  above.path = "var";
  above.kind = EntryKind::directory;
  const std::vector<ArchiveEntry> entries{file("etc/x"), file("var/lib/d/y"), above, file("other")};
  const auto plan = plan_restore({entries, nullptr, survey, roots, false});
  REQUIRE(plan);
  CHECK(shown(*plan) == Lines{"mkdir var/lib/d", "add etc/x", "add var/lib/d/y"});
  CHECK(plan->acts[1].act.mount == "etc");
  CHECK(plan->acts[2].act.mount == "var/lib");
  CHECK(check_mapped(entries, roots, false).error().kind == ErrorKind::refused);
  CHECK(check_mapped(entries, roots, true));
  CHECK(check_mapped({entries[0], entries[1], above}, roots, false));
}

TEST_CASE("a mirror removes what is not in the backup, but no mounts and nothing special") {
  auto survey = empty_tree();
  survey.paths["a"] = live(FileKind::file);
  survey.paths["d"] = live(FileKind::directory);
  survey.paths["d/e"] = live(FileKind::directory);
  survey.paths["d/e/x"] = live(FileKind::file);
  survey.paths["l"] = live(FileKind::symlink);
  survey.paths["m"] = live(FileKind::directory);
  survey.paths["m/n"] = live(FileKind::directory, "m/n");
  survey.paths["m/n"].facts.mount_root = true;
  survey.paths["s"] = live(FileKind::directory);
  survey.paths["s/socket"] = live(FileKind::other);
  const std::vector<ArchiveEntry> entries{file("a")};
  const auto plan = plan_restore({entries, nullptr, survey, whole, false, true});
  REQUIRE(plan);
  CHECK(shown(*plan) == Lines{"remove d/e/x", "remove l", "rmdir d/e", "rmdir d", "replace a"});
}
