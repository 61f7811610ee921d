#include "state/restore_manifest.hpp"

#include <cstddef>
#include <cstdint>
#include <limits>
#include <string>
#include <string_view>

#include <failover/error.hpp>
#include <failover/restorer.hpp>

#include "core/file_io.hpp"
#include "state/state_dir.hpp"
#include "support/catch.hpp"
#include "support/temporary_directory.hpp"

using namespace failover;

namespace {

constexpr auto least = std::numeric_limits<std::int64_t>::min();
constexpr auto most = std::numeric_limits<std::uint64_t>::max();

RestoreManifest example() {
  RestoreManifest manifest;
  manifest.generation = 7;
  manifest.roots = {{"etc/pbx", "/etc/pbx"}, {"var", "/var/lib/pbx"}};
  manifest.entries = {
      {.path = "etc/pbx", .directory = true, .made = true},
      {.path = "etc/pbx/ a  b", .crc = 0xffffffff, .identity = {most, 3, most, {}}, .mtime_ns = least, .ctime_ns = 2},
      {.path = "var/l", .identity = {1, {}, 0, {}, true}, .mtime_ns = -1},
      {.path = "var/d", .directory = true}};
  return manifest;
}

}  // namespace

TEST_CASE("a manifest comes back whole or not at all") {
  const test::TemporaryDirectory folder;
  const auto state = *StateDir::open(folder / "state");
  const auto written = example();
  REQUIRE(write_restore_manifest(state, written));
  const auto read = read_restore_manifest(state, 7);
  REQUIRE(read);
  CHECK(read->roots == written.roots);
  REQUIRE(read->entries.size() == written.entries.size());
  for (std::size_t i = 0; i < written.entries.size(); ++i) {
    const auto& one = written.entries[i];
    const auto& other = read->entries[i];
    CHECK(one.path == other.path);
    CHECK(one.directory == other.directory);
    CHECK(one.made == other.made);
    CHECK(one.crc == other.crc);
    CHECK(one.identity == other.identity);
    CHECK(one.mtime_ns == other.mtime_ns);
    CHECK(one.ctime_ns == other.ctime_ns);
  }
  const auto text = *read_file(state.restore() / "manifest.7", 4096);
  for (std::size_t length = 0; length < text.size(); ++length) {
    CHECK(parse_restore_manifest(std::string_view(text).substr(0, length), "m").error().kind == ErrorKind::integrity);
  }
  CHECK(read_restore_manifest(state, 8).error().kind == ErrorKind::not_found);
}

TEST_CASE("a manifest holds no name with a line break: it would be two") {
  const test::TemporaryDirectory folder;
  const auto state = *StateDir::open(folder / "state");
  auto manifest = example();
  manifest.entries[0].path = "a\nb";
  CHECK(write_restore_manifest(state, manifest).error().kind == ErrorKind::internal);
  CHECK(read_restore_manifest(state, 7).error().kind == ErrorKind::not_found);
}

TEST_CASE("a line of a manifest is exactly as it is written") {
  const std::string header = R"({"format":2,"generation":7,"roots":[],"entries":1})";
  const auto read = [&](std::string_view line) {
    return parse_restore_manifest(header + "\n" + std::string(line) + "\n", "m");
  };
  CHECK(read("f a 1 2 - 3 4 p q")->entries.front().path == "p q");
  CHECK(read("d made x")->entries.front().made);
  for (const std::string_view wrong :
       {"", "f", "d", "d made", "d made ", "d ours x", "x a 1 2 - 3 4 p", "f a 1 2 - 3 4 ", "f a 1 2 - 3 4",
        "f g 1 2 - 3 4 p", "f a -1 2 - 3 4 p", "f a 1 2 - 3 4x p", "f a 1 2  3 4 p", "f 100000000 1 2 - 3 4 p",
        "f a 1 +2 - 3 4 p", "f a 1 18446744073709551616 - 3 4 p", "{\"path\":\"x\"}"}) {
    INFO(wrong);
    CHECK(read(wrong).error().kind == ErrorKind::integrity);
  }
}
