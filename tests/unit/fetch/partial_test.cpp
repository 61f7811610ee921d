#include "fetch/partial.hpp"

#include <chrono>
#include <filesystem>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include <failover/context.hpp>
#include <failover/source.hpp>

#include "fetch/part_map.hpp"
#include "support/catch.hpp"
#include "support/folder.hpp"

namespace {

using failover::Context;
using failover::ObjectInfo;
using failover::Partial;

constexpr const char* part = ".fo-fetch.part";

ObjectInfo version(const char* name) {
  return {"b.zip", "/b.zip", 100, failover::WallTime(std::chrono::hours(1)), name, {}};
}

/// What an interrupted run leaves: the first ten bytes.
void begin(const Folder& folder) {
  auto partial = Partial::open(folder.path, "s", version("v1"), Context{}).value();
  failover::PartWriter writer(partial, failover::Origin::fetched);
  REQUIRE(writer.write(0, std::as_bytes(std::span(std::string_view("0123456789")))));
  REQUIRE(writer.flush());
}

}  // namespace

TEST_CASE("What an interrupted run left is gone on with") {
  const Folder folder;
  begin(folder);
  CHECK(Partial::left_over(folder.path, "s", version("v1")) == 10);
  CHECK(Partial::left_over(folder.path, "s", version("v2")) == 0);
  CHECK(Partial::open(folder.path, "s", version("v1"), Context{})->present() == 10);
}

TEST_CASE("What the map names beyond the end of the file is not there") {
  const Folder folder;
  begin(folder);
  std::filesystem::resize_file(folder.path / part, 9);
  CHECK(Partial::left_over(folder.path, "s", version("v1")) == 0);
  CHECK(Partial::open(folder.path, "s", version("v1"), Context{})->present() == 0);
}

TEST_CASE("No byte of another object stays when a new one begins, and none that rotted counts") {
  const Folder folder;
  begin(folder);
  SECTION("another version") {
    const auto partial = Partial::open(folder.path, "s", version("v2"), Context{}).value();
    CHECK(partial.present() == 0);
    CHECK(std::filesystem::file_size(folder.path / part) == 0);
  }
  SECTION("the same place, other bytes") {
    folder.put(part, "0123456780");
    CHECK(Partial::open(folder.path, "s", version("v1"), Context{})->present() == 0);
  }
}
