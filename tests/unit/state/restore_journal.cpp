#include "state/restore_journal.hpp"

#include <fmt/format.h>

#include <failover/error.hpp>

#include "state/restore_marker.hpp"
#include "state/restore_plan_file.hpp"
#include "state/restored_generation.hpp"
#include "state/state_dir.hpp"
#include "support/catch.hpp"
#include "support/temporary_directory.hpp"

using namespace failover;

TEST_CASE("the journal tells every run again as it was written") {
  const test::TemporaryDirectory folder;
  const auto state = *StateDir::open(folder / "state");
  {
    auto journal = *RestoreJournal::open(state);
    CHECK(journal.open_run() == nullptr);
    RestoreRun run;
    run.number = journal.next_number();
    run.roots = {{"", "/srv/pbx"}};
    run.mounts = {"", "db"};
    run.after = RestoredGeneration{.generation = 1, .backup = "/b.zip"};
    REQUIRE(journal.begin(run));
    REQUIRE(journal.reach(RunPhase::pre_hook));
    REQUIRE(journal.reach(RunPhase::committed));
  }
  auto journal = *RestoreJournal::open(state);
  REQUIRE(journal.open_run() != nullptr);
  CHECK(journal.open_run()->phase == RunPhase::committed);
  CHECK(journal.open_run()->pre_hook_ran);
  CHECK(journal.open_run()->mounts == std::vector<std::string>{"", "db"});
  CHECK(journal.open_run()->after->backup == "/b.zip");
  CHECK_FALSE(journal.open_run()->before);
  REQUIRE(journal.finish("undone", "because"));
  CHECK(journal.open_run() == nullptr);
  CHECK(journal.next_number() == 2);
  CHECK(RestoreJournal::read(state)->back().reason == "because");
}

TEST_CASE("a run that takes over is committed from its first record") {
  const test::TemporaryDirectory folder;
  const auto state = *StateDir::open(folder / "state");
  auto journal = *RestoreJournal::open(state);
  RestoreRun run;
  run.number = 1;
  run.kind = RunKind::program;
  run.takes_over = true;
  REQUIRE(journal.begin(run));
  CHECK(RestoreJournal::read(state)->back().phase == RunPhase::committed);
  CHECK(RestoreJournal::read(state)->back().pre_hook_ran);
}

TEST_CASE("a plan and a generation come back whole or not at all") {
  const test::TemporaryDirectory folder;
  const auto state = *StateDir::open(folder / "state");
  RestorePlanFile plan;
  plan.run = 4;
  plan.slots = 3;
  plan.roots = {{"", "/srv"}};
  RestoreAct act;
  act.n = 5;
  act.kind = ActKind::remove;
  act.path = "a b";
  act.old_file = FileIdentity{1, 2, 3, {}};
  plan.acts = {act, act};
  REQUIRE(write_restore_plan(state, plan));
  const auto again = *read_restore_plan(state, 4);
  CHECK(again.acts.size() == 2);
  CHECK(again.acts[1].old_file == act.old_file);
  CHECK(again.acts[1].path == "a b");
  CHECK(*list_restore_plans(state) == std::vector<std::uint64_t>{4});
  std::filesystem::resize_file(state.restore() / "plan.4", std::filesystem::file_size(state.restore() / "plan.4") - 9);
  CHECK(read_restore_plan(state, 4).error().kind == ErrorKind::integrity);
  CHECK(read_restore_plan(state, 5).error().kind == ErrorKind::not_found);
  // Too large for 64 bits: taken for an integer it would be any.
  const std::string head = R"({"format":1,"run":4,"slots":3,"roots":[],"acts":1})";
  const std::string act_line = R"({"n":5,"act":"remove","path":"a","mount":""})";
  const auto parsed = [](const std::string& first, const std::string& second) {
    return parse_restore_plan(fmt::format("{}\n{}\n", first, second), "p");
  };
  REQUIRE(parsed(head, act_line));
  for (const auto* number : {"5e9", "18446744073709551616", "5.0"}) {
    auto wrong = act_line;
    wrong.replace(wrong.find('5'), 1, number);
    CHECK(parsed(head, wrong).error().kind == ErrorKind::integrity);
    wrong = head;
    wrong.replace(wrong.find('4'), 1, number);
    CHECK(parsed(wrong, act_line).error().kind == ErrorKind::integrity);
  }
  CHECK_FALSE(*read_restored_generation(state));
  REQUIRE(write_restored_generation(state, RestoredGeneration{.generation = 2, .backup = "x", .sha256 = "s"}));
  CHECK((*read_restored_generation(state))->sha256 == "s");
}

TEST_CASE("the marker is there exactly while it is set") {
  const test::TemporaryDirectory folder;
  const auto state = *StateDir::open(folder / "state");
  CHECK_FALSE(*restore_in_progress(state));
  REQUIRE(RestoreMarker(state).set(1, {{"", "/srv"}}));
  CHECK(*restore_in_progress(state));
  REQUIRE(RestoreMarker(state).clear());
  CHECK_FALSE(*restore_in_progress(state));
}
