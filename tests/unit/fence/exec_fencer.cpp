#include <chrono>
#include <filesystem>
#include <fstream>
#include <string>

#include <failover/context.hpp>
#include <failover/error.hpp>
#include <failover/fencer.hpp>
#include <failover/registry.hpp>

#include "support/catch.hpp"
#include "support/temporary_directory.hpp"

using failover::ErrorKind;
using failover::FenceState;

namespace {

const failover::FenceTarget target{"a", "192.0.2.1", 7};

class Program {
 public:
  explicit Program(const std::string& body) {
    std::ofstream(path()) << "#!/bin/sh\ncd " << directory_.path().string() << "\n" << body << "\n";
    std::filesystem::permissions(path(), std::filesystem::perms::owner_all);
  }
  [[nodiscard]] std::filesystem::path path() const { return directory_ / "fence"; }
  [[nodiscard]] std::string file(const std::string& name) const {
    std::ifstream stream(directory_ / name);
    return {std::istreambuf_iterator<char>(stream), {}};
  }
  [[nodiscard]] std::unique_ptr<failover::Fencer> fencer(const std::string& query = "kind=power&timeout=500ms") const {
    auto made = failover::make_fencer("exec://" + path().string() + "?" + query, "");
    REQUIRE(made);
    return std::move(*made);
  }

 private:
  failover::test::TemporaryDirectory directory_;
};

}  // namespace

TEST_CASE("an exec fencer acts, and its status must say off afterwards") {
  const Program program(
      "case $1 in status) test -e off && echo off || echo on;; fence) echo $2 $FO_FENCE_NODE $FO_FENCE_ADDRESS "
      "$FO_FENCE_EPOCH $FO_FENCE_KIND $FO_FENCE_VERB > off;; esac");
  const auto fencer = program.fencer();
  CHECK(*fencer->status(target, {}) == FenceState::on);
  REQUIRE(fencer->fence(target, {}));
  CHECK(*fencer->status(target, {}) == FenceState::off);
  CHECK(program.file("off") == "7 a 192.0.2.1 7 power fence\n");
}

TEST_CASE("fence-first: whatever is not a plain 'off' is no confirmation") {
  for (const std::string body : {
           "case $1 in status) echo on;; esac",                   // acts, and stays on
           "case $1 in status) echo unknown;; esac",              // does not know
           "case $1 in status) ;; esac",                          // says nothing
           "case $1 in status) echo off; exit 1;; esac",          // says off and fails
           "case $1 in status) echo OFF;; esac",                  // another word
           "case $1 in status) echo offline;; esac",              // a longer one
           "case $1 in status) echo off;; fence) exit 1;; esac",  // the act failed
           "case $1 in status) echo off;; fence) sleep 30;; esac",
           "case $1 in status) test -e f && sleep 30; echo on;; fence) touch f;; esac",
       }) {
    CAPTURE(body);
    const Program program(body);
    const auto begun = std::chrono::steady_clock::now();
    const auto result = program.fencer()->fence(target, {});
    CHECK(!result);
    CHECK(std::chrono::steady_clock::now() - begun < std::chrono::seconds(4));
  }
}

TEST_CASE("bounded: a fencer that hangs ends with the context's deadline") {
  const Program program("sleep 30");
  failover::Context context;
  context.deadline = failover::Deadline::after(std::chrono::milliseconds(300));
  const auto begun = std::chrono::steady_clock::now();
  const auto result = program.fencer("kind=power")->fence(target, context);
  REQUIRE(!result);
  CHECK(result.error().kind == ErrorKind::timeout);
  CHECK(std::chrono::steady_clock::now() - begun < std::chrono::milliseconds(400));
}

TEST_CASE("a fencer's URL is checked when it is read") {
  const Program program("exit 0");
  const auto path = program.path().string();
  for (const auto& [spec, part] : std::vector<std::pair<std::string, std::string>>{
           {"exec://" + path, "kind=power"},
           {"exec://" + path + "?kind=person", "kind=power"},
           {"exec://" + path + "?kind=power&retries=3", "retries"},
           {"exec://" + path + "?kind=power&timeout=3", "timeout=3"},
           {"exec://" + path + "?kind=power&timeout=2000m", "an hour"},
           {"exec://host" + path + "?kind=power", "three slashes"},
           {"exec:///nowhere/fence?kind=power", "not there"},
           {"ssh://root@a", "identity-file"},
           {"telnet://root@a", "known are"},
           {"operator://", "known are"},
           {"exec", "known are"},
           {"", "known are"},
       }) {
    CAPTURE(spec);
    const auto made = failover::make_fencer(spec, "");
    REQUIRE(!made);
    CHECK(made.error().message.find(part) != std::string::npos);
  }
}
