#include "fetch/choose.hpp"

#include <chrono>
#include <string>
#include <vector>

#include <failover/error.hpp>
#include <failover/fetcher.hpp>

#include "support/catch.hpp"

namespace {

using failover::ArchiveState;
using failover::ErrorKind;
using failover::FetchCandidate;
using namespace std::chrono;

const failover::WallTime now = sys_days(2026y / 11 / 23) + 6h;

FetchCandidate candidate(const std::string& name, ArchiveState state, hours age) {
  FetchCandidate result;
  result.object.name = name;
  result.object.modified = now - age;
  result.order = now - age;
  result.state = state;
  result.why = state == ArchiveState::complete ? "" : "its archive has no end";
  return result;
}

}  // namespace

TEST_CASE("The newest complete backup is chosen") {
  const std::vector candidates{candidate("b2.zip", ArchiveState::complete, 1h),
                               candidate("b1.zip", ArchiveState::complete, 25h)};
  const auto choice = failover::choose_newest(candidates, "here").value();
  CHECK(choice.index == 0);
  CHECK(choice.warnings.empty());
}

TEST_CASE("good-stays-good: an incomplete newer one is passed over with a warning, another file without") {
  const std::vector candidates{candidate("notes.txt", ArchiveState::foreign, 0h),
                               candidate("b2.zip", ArchiveState::incomplete, 1h),
                               candidate("b1.zip", ArchiveState::complete, 25h)};
  const auto choice = failover::choose_newest(candidates, "here").value();
  CHECK(choice.index == 2);
  REQUIRE(choice.warnings.size() == 1);
  CHECK(choice.warnings.front().find("b2.zip") != std::string::npos);
}

TEST_CASE("Nothing there is not found, nothing good there is a matter of integrity") {
  CHECK(failover::choose_newest({}, "here").error().kind == ErrorKind::not_found);
  const std::vector broken{candidate("b.zip", ArchiveState::incomplete, 1h)};
  CHECK(failover::choose_newest(broken, "here").error().kind == ErrorKind::integrity);
  const std::vector foreign{candidate("b.tar", ArchiveState::foreign, 1h)};
  CHECK(failover::choose_newest(foreign, "here").error().kind == ErrorKind::integrity);
}

TEST_CASE("Age counts from the earlier of the store's and the content's time") {
  auto fresh = candidate("b.zip", ArchiveState::complete, 1h);
  CHECK(failover::age_warnings(fresh, 26h, now).empty());
  CHECK(failover::age_warnings(candidate("b.zip", ArchiveState::complete, 27h), 26h, now).size() == 1);
  fresh.content = now - 40h;
  CHECK(failover::age_warnings(fresh, 26h, now).size() == 1);
  CHECK(failover::age_warnings(candidate("b.zip", ArchiveState::complete, -1h), 26h, now).size() == 1);
}
