#include "state/drill_journal.hpp"

#include <chrono>
#include <filesystem>
#include <string>
#include <vector>

#include <failover/context.hpp>
#include <failover/error.hpp>
#include <failover/role.hpp>

#include "core/journal.hpp"
#include "state/state_dir.hpp"
#include "support/catch.hpp"
#include "support/temporary_directory.hpp"

using namespace failover;
using failover::test::TemporaryDirectory;

namespace {

DrillRecord entry(const std::string& said, bool good = true) {
  DrillRecord made;
  made.when = std::chrono::sys_days(std::chrono::year(2026) / 11 / 23);
  made.service = "pbx.example";
  made.node = "b";
  made.good = good;
  made.took = std::chrono::milliseconds(48'100);
  made.said = said;
  made.stages = {{"restore", true, std::chrono::milliseconds(3000), "2000 files"}};
  return made;
}

std::vector<std::string> three_lines(const StateDir& state) {
  auto journal = DrillJournal::open(state).value();
  for (const auto* said : {"one", "two", "three"}) REQUIRE(journal.add(entry(said)).value().size() == 64);
  return Journal::read(state.promote() / "drills").value();
}

}  // namespace

TEST_CASE("drills are remembered in their order") {
  const TemporaryDirectory folder;
  const auto state = StateDir::open(folder.path() / "state").value();
  CHECK(DrillJournal::read(state).value().empty());
  three_lines(state);
  // A second run goes on with the chain.
  REQUIRE(DrillJournal::open(state).value().add(entry("four", false)));
  const auto drills = DrillJournal::read(state).value();
  REQUIRE(drills.size() == 4);
  CHECK(drills[0].said == "one");
  CHECK_FALSE(drills[3].good);
  CHECK(drills[3].took == std::chrono::milliseconds(48'100));
  CHECK(drills[3].stages.at(0).detail == "2000 files");
}

TEST_CASE("a line that was changed, taken out, moved or put in is seen") {
  const TemporaryDirectory folder;
  const auto lines = three_lines(StateDir::open(folder.path() / "state").value());
  REQUIRE(parse_drills(lines));
  const auto is_damage = [](const std::vector<std::string>& changed) {
    const auto parsed = parse_drills(changed);
    return !parsed && parsed.error().kind == ErrorKind::integrity;
  };
  CHECK(is_damage({lines[1], lines[2]}));
  CHECK(is_damage({lines[0], lines[2]}));
  CHECK(is_damage({lines[0], lines[2], lines[1]}));
  CHECK(is_damage({lines[0], lines[0], lines[1], lines[2]}));
  auto changed = lines;
  const auto at = changed[0].find("true");
  changed[0].replace(at, 4, "false");
  CHECK(is_damage(changed));
  CHECK(is_damage({"{}"}));
  // Known, and said in the header: the newest line has nobody behind it.
  CHECK(parse_drills({lines[0], lines[1]}));
}

TEST_CASE("one drill at a time") {
  const TemporaryDirectory folder;
  const auto state = StateDir::open(folder.path() / "state").value();
  const auto first = DrillJournal::open(state);
  const auto second = DrillJournal::open(state);
  REQUIRE(!second);
  CHECK(second.error().kind == ErrorKind::locked);
}

TEST_CASE("a journal of a newer version is not read") {
  const auto parsed = parse_drills({R"({"format":2})"});
  REQUIRE(!parsed);
  CHECK(parsed.error().kind == ErrorKind::unfinished);
}
