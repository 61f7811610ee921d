#include "restore/manifest_of.hpp"

#include <cstdint>
#include <fstream>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <fcntl.h>
#include <fmt/format.h>

#include <failover/context.hpp>
#include <failover/restorer.hpp>

#include "archive/archive_entry.hpp"
#include "core/file_identity.hpp"
#include "restore/live_tree.hpp"
#include "restore/plan_acts.hpp"
#include "restore/survey.hpp"
#include "state/restore_manifest.hpp"
#include "state/restore_plan_file.hpp"
#include "support/catch.hpp"
#include "support/temporary_directory.hpp"

using namespace failover;

namespace {

const std::vector<RestoreRoot> whole{{"", "/srv"}};

ArchiveEntry entry_of(std::string path, EntryKind kind = EntryKind::file) {
  ArchiveEntry entry;
  entry.path = std::move(path);
  entry.kind = kind;
  entry.crc = 9;
  return entry;
}

DraftAct act_of(ActKind kind, std::string path, std::uint64_t inode = 0) {
  DraftAct draft;
  draft.act.kind = kind;
  draft.act.path = std::move(path);
  if (inode != 0) draft.act.new_file = FileIdentity{inode, 1, 4, 77};
  return draft;
}

std::vector<std::string> shown(const RestoreManifest& manifest) {
  std::vector<std::string> lines;
  for (const auto& entry : manifest.entries) {
    const auto* directory = entry.made ? "made" : "kept";
    lines.push_back(entry.path +
                    (entry.directory ? std::string(" ") + directory : fmt::format(" {}", entry.identity.inode)));
    if (!entry.directory) CHECK(!entry.identity.crc);
  }
  return lines;
}

using Lines = std::vector<std::string>;

}  // namespace

TEST_CASE("a manifest holds what came and what stayed, sorted, each path once") {
  const std::vector<ArchiveEntry> entries{entry_of("new"), entry_of("dir", EntryKind::directory),
                                          entry_of("dir/stayed"), entry_of("", EntryKind::directory),
                                          entry_of("dir-", EntryKind::directory)};
  Survey survey;
  survey.paths["dir/stayed"].facts.identity = {3, 1, 4, {}};
  DraftPlan plan;
  plan.acts = {act_of(ActKind::make_directory, "dir"), act_of(ActKind::add, "new", 5)};
  const auto manifest = manifest_of({entries, nullptr, survey, whole}, plan);
  CHECK(shown(manifest) == Lines{"dir made", "dir- kept", "dir/stayed 3", "new 5"});
  CHECK(manifest.roots == whole);
}

TEST_CASE("a directory that an earlier restore made stays ours until it goes") {
  const std::vector<ArchiveEntry> entries{entry_of("a", EntryKind::directory)};
  RestoreManifest before;
  before.roots = whole;
  before.entries = {{.path = "a", .directory = true, .made = true},
                    {.path = "b", .directory = true, .made = true},
                    {.path = "c", .directory = true, .made = true},
                    {.path = "d", .directory = true},
                    {.path = "e"}};
  DraftPlan plan;
  plan.acts = {act_of(ActKind::remove_directory, "c")};
  CHECK(shown(manifest_of({entries, &before, Survey{}, whole}, plan)) == Lines{"a made", "b made"});
}

TEST_CASE("a file comes where a directory of ours was once") {
  const std::vector<ArchiveEntry> entries{entry_of("a")};
  RestoreManifest before;
  before.roots = whole;
  before.entries = {{.path = "a", .directory = true, .made = true}};
  DraftPlan plan;
  plan.acts = {act_of(ActKind::add, "a", 6)};
  CHECK(shown(manifest_of({entries, &before, Survey{}, whole}, plan)) == Lines{"a 6"});
}

TEST_CASE("a file that stayed and is written to afterwards differs from the manifest") {
  const test::TemporaryDirectory folder;
  const auto write = [&](const std::string& name, std::string_view text) { std::ofstream(folder / name) << text; };
  write("stayed", "good");
  const std::vector<RestoreRoot> roots{{"", folder.path().string()}};
  const auto tree = LiveTree::open(roots).value();
  const std::vector<ArchiveEntry> entries{entry_of("new"), entry_of("stayed")};
  const auto survey = survey_tree(tree, {{"new", "stayed"}, false, {}}, Context{}).value();
  DraftPlan plan;
  plan.acts = {act_of(ActKind::add, "new", 5)};
  auto manifest = manifest_of({entries, nullptr, survey, roots}, plan);
  CHECK(manifest.entries.at(0).ctime_ns == 0);

  write("new", "came");
  while (look_at(AT_FDCWD, folder / "stayed").value().ctime_ns == manifest.entries.at(1).ctime_ns)
    write("stayed", "evil");
  REQUIRE(complete_manifest(tree, manifest));
  CHECK(manifest.entries.at(0).ctime_ns == look_at(AT_FDCWD, folder / "new").value().ctime_ns);
  CHECK(manifest.entries.at(1).ctime_ns == survey.find("stayed")->facts.ctime_ns);
  CHECK(manifest.entries.at(1).mtime_ns == survey.find("stayed")->facts.mtime_ns);
}
