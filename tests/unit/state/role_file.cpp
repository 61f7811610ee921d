#include "state/role_file.hpp"

#include <chrono>
#include <string>

#include <failover/error.hpp>

#include "state/state_dir.hpp"
#include "support/catch.hpp"
#include "support/folder.hpp"

using failover::ErrorKind;
using failover::Role;

namespace {

struct ScratchState {
  [[nodiscard]] failover::StateDir dir() const { return failover::StateDir::at(folder.path); }
  void put(const std::string& text) const { folder.put("role", text); }
  Folder folder;
};

failover::RoleRecord record(Role role, std::uint64_t epoch) {
  return {role, epoch, "b", std::chrono::sys_days(std::chrono::year(2026) / 11 / 23)};
}

}  // namespace

TEST_CASE("a host without a role file has no role") {
  const ScratchState state;
  const auto role = failover::read_role(state.dir());
  REQUIRE(role);
  REQUIRE(!role->has_value());
}

TEST_CASE("a role is read back as it was written") {
  const ScratchState state;
  for (const auto role : {Role::standby, Role::promoting, Role::active, Role::fenced}) {
    REQUIRE(failover::write_role(state.dir(), record(role, 7)));
    const auto back = failover::read_role(state.dir());
    REQUIRE(back);
    REQUIRE(back->has_value());
    CHECK((*back)->role == role);
    CHECK((*back)->epoch == 7);
    CHECK((*back)->node == "b");
    CHECK((*back)->since == record(role, 7).since);
  }
}

TEST_CASE("epoch: a role of an older epoch never replaces a newer one") {
  const ScratchState state;
  REQUIRE(failover::write_role(state.dir(), record(Role::fenced, 8)));
  const auto written = failover::write_role(state.dir(), record(Role::active, 7));
  REQUIRE(!written);
  CHECK(written.error().kind == ErrorKind::refused);
  CHECK((*failover::read_role(state.dir()))->role == Role::fenced);
}

TEST_CASE("a role file that cannot be believed is an error, never 'no role'") {
  const ScratchState state;
  for (const std::string text : {"", "{}", "[]", "{\"format\":1",
                                 R"({"format":1,"role":"king","epoch":1,"node":"b","since":"2026-11-23T00:00:00Z"})",
                                 R"({"format":1,"role":"active","epoch":-1,"node":"b","since":"2026-11-23T00:00:00Z"})",
                                 R"({"format":1,"role":"active","epoch":1,"node":"b","since":"yesterday"})"}) {
    state.put(text);
    const auto role = failover::read_role(state.dir());
    REQUIRE(!role);
    CHECK(role.error().kind == ErrorKind::integrity);
  }
  state.put(R"({"format":2,"role":"active"})");
  CHECK(failover::read_role(state.dir()).error().kind == ErrorKind::unfinished);
}
