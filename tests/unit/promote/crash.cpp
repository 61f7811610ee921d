#include <string>

#include <failover/promoter.hpp>

#include "support/catch.hpp"
#include "unit/promote/fake_world.hpp"

using namespace failover;
using namespace failover::promote_test;

namespace {

/// Runs into a crash at the given contact with the world. @return whether it came that far
bool crashes(Stage& stage, int at, bool resume) {
  stage.world.calls = 0;
  stage.world.crash_at = at;
  bool crashed = false;
  try {
    stage.go(resume);
  } catch (const Crash&) {
    crashed = true;
  }
  stage.world.crash_at = -1;
  return crashed;
}

/// The next person types resume, and run if there was nothing to resume.
void recover(Stage& stage) {
  auto report = stage.go(true);
  if (report.message.find("nothing to resume") != std::string::npos) report = stage.go();
  CAPTURE(report.failure ? report.failure->message : "");
  CHECK(!report.failure);
  CHECK(stage.world.serves_here());
  CHECK(!stage.world.peer_powered);
  CHECK(stage.world.record.addresses == std::vector<std::string>{"192.0.2.2"});
  CHECK(stage.world.record.mark->epoch >= 4);
  CHECK(stage.status().role == "active");
  CHECK(stage.status().role_epoch == stage.world.record.mark->epoch);
  // Property fence-first, over the whole story.
  CHECK(!stage.world.logged("BOTH ON"));
}

int contacts_of_one_run() {
  Stage stage;
  REQUIRE(!stage.go().failure);
  return stage.world.calls;
}

}  // namespace

TEST_CASE("all-or-nothing: after a crash at any contact with the world the next run ends done") {
  const int contacts = contacts_of_one_run();
  CHECK(contacts >= 15);
  for (int at = 1; at <= contacts; ++at) {
    CAPTURE(at);
    Stage stage;
    REQUIRE(crashes(stage, at, false));
    recover(stage);
  }
}

TEST_CASE("all-or-nothing: a recovery that crashes too is recovered by the one after it") {
  const int contacts = contacts_of_one_run();
  for (int at = 1; at <= contacts; ++at) {
    for (int again = 1; again < 40; ++again) {
      CAPTURE(at, again);
      Stage stage;
      REQUIRE(crashes(stage, at, false));
      if (!crashes(stage, again, true)) break;
      recover(stage);
    }
  }
}
