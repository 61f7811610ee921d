#include "state/seen_up.hpp"

#include <string>
#include <vector>

#include <failover/error.hpp>
#include <failover/watch.hpp>

#include "core/atomic_file.hpp"
#include "core/file_io.hpp"
#include "state/state_dir.hpp"
#include "support/catch.hpp"
#include "support/temporary_directory.hpp"

using failover::ErrorKind;
using failover::SeenUpFile;
using failover::StateDir;

TEST_CASE("what was seen up is remembered, also beside another watch") {
  const failover::test::TemporaryDirectory folder;
  const auto state = StateDir::open(folder.path() / "state");
  REQUIRE(state);
  auto one = SeenUpFile::open(*state);
  auto two = SeenUpFile::open(*state);
  REQUIRE(one);
  REQUIRE(two);
  CHECK_FALSE(one->contains("sip://a"));
  REQUIRE(one->add(std::vector<std::string>{"sip://a"}));
  REQUIRE(two->add(std::vector<std::string>{"sip://b", "sip://c"}));
  CHECK(two->contains("sip://a"));
  const auto again = SeenUpFile::open(*state);
  REQUIRE(again);
  CHECK(again->contains("sip://a"));
  CHECK(again->contains("sip://b"));
  CHECK_FALSE(again->contains("sip://d"));
}

TEST_CASE("two spellings of one target are one, two targets are not") {
  const failover::test::TemporaryDirectory folder;
  const auto state = StateDir::open(folder.path() / "state");
  REQUIRE(state);
  auto memory = SeenUpFile::open(*state);
  REQUIRE(memory);
  REQUIRE(memory->add(std::vector<std::string>{"sip://PBX.example:5060", "https://192.0.2.1:5001/"}));
  CHECK(memory->contains("sip://pbx.example"));
  CHECK(memory->contains("https://192.0.2.1:5001/"));
  for (const auto* other : {"sip://pbx.example:5061", "sip://pbx.example.org", "https://192.0.2.1:5001/x",
                            "https://192.0.2.1/", "tcp://192.0.2.1:5001"}) {
    INFO(other);
    CHECK_FALSE(memory->contains(other));
  }
}

TEST_CASE("a damaged or newer memory never reads as one that saw nothing") {
  const failover::test::TemporaryDirectory folder;
  const auto state = StateDir::open(folder.path() / "state");
  REQUIRE(state);
  const auto path = state->probe() / "seen-up";
  REQUIRE(failover::write_file_atomically(path, "{\"format\":2,\"targets\":{}}"));
  REQUIRE_FALSE(SeenUpFile::open(*state));
  CHECK(SeenUpFile::open(*state).error().kind == ErrorKind::unfinished);
  for (const auto* text :
       {"", "{", "{\"format\":1}", "{\"format\":1,\"targets\":[]}", "{\"format\":1,\"targets\":{\"a\":1}}"}) {
    INFO(text);
    REQUIRE(failover::write_file_atomically(path, text));
    REQUIRE_FALSE(SeenUpFile::open(*state));
    CHECK(SeenUpFile::open(*state).error().kind == ErrorKind::integrity);
  }
}
