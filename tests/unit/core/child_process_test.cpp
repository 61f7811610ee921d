#include "core/child_process.hpp"

#include <chrono>
#include <csignal>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <stop_token>
#include <string>
#include <string_view>
#include <thread>

#include <unistd.h>

#include <failover/context.hpp>
#include <failover/error.hpp>

#include "support/catch.hpp"
#include "support/temporary_directory.hpp"

using namespace std::chrono_literals;
using failover::ChildCommand;
using failover::Context;
using failover::Deadline;
using failover::ErrorKind;
using failover::run_child;
using failover::test::TemporaryDirectory;

namespace {

ChildCommand shell(const std::string& script) {
  ChildCommand command;
  command.argv = {"/bin/sh", "-c", script};
  return command;
}

bool alive(pid_t pid) {
  return ::kill(pid, 0) == 0;
}

}  // namespace

TEST_CASE("output, errors, input and exit status reach the caller") {
  auto command = shell("cat; echo wrong >&2; exit 3");
  command.input = std::string(200'000, 'x');
  command.output_cap = 300'000;
  const auto result = run_child(command, Context{});
  REQUIRE(result);
  CHECK(result->exit_status == 3);
  CHECK(result->output == command.input);
  CHECK(result->errors == "wrong\n");
}

TEST_CASE("secret: the child's environment holds nothing of ours") {
  ::setenv("FO_TEST_CANARY", "canary-value", 1);
  ChildCommand command;
  command.argv = {"env"};
  command.environment = {{"FO_HOOK_RESULT", "restored"}};
  const auto result = run_child(command, Context{});
  REQUIRE(result);
  CHECK(result->output.find("canary") == std::string::npos);
  CHECK(result->output.find("FO_HOOK_RESULT=restored\n") != std::string::npos);
}

TEST_CASE("bounded: a program that ignores TERM is killed with its whole group, before the deadline + 0.1 s") {
  const TemporaryDirectory directory;
  const auto pid_file = (directory / "pid").string();
  const auto command = shell("trap '' TERM; (trap '' TERM; echo $$ > " + pid_file + "; sleep 60) & sleep 60");
  const auto began = Deadline::Clock::now();
  Context context;
  context.deadline = Deadline::after(700ms);
  const auto result = run_child(command, context);
  REQUIRE_FALSE(result);
  CHECK(result.error().kind == ErrorKind::timeout);
  CHECK(Deadline::Clock::now() - began < 800ms);
  pid_t pid = 0;
  std::ifstream(pid_file) >> pid;
  REQUIRE(pid > 0);
  CHECK_FALSE(alive(pid));
}

TEST_CASE("bounded: a flood of output neither blocks the child nor outlives the deadline") {
  Context context;
  context.deadline = Deadline::after(500ms);
  const auto began = Deadline::Clock::now();
  CHECK_FALSE(run_child(shell("exec yes"), context));
  CHECK(Deadline::Clock::now() - began < 600ms);
  const auto short_flood = run_child(shell("head -c 1000000 /dev/zero"), Context{});
  REQUIRE(short_flood);
  CHECK(short_flood->truncated);
  CHECK(short_flood->output.size() == std::size_t{64} * 1024);
}

TEST_CASE("a daemon that a program leaves behind lives on and is not waited for") {
  const TemporaryDirectory directory;
  const auto pid_file = (directory / "pid").string();
  const auto began = Deadline::Clock::now();
  const auto result = run_child(shell("sleep 60 & echo $! > " + pid_file), Context{});
  REQUIRE(result);
  CHECK(result->ok());
  CHECK(Deadline::Clock::now() - began < 5s);
  pid_t pid = 0;
  std::ifstream(pid_file) >> pid;
  REQUIRE(pid > 0);
  CHECK(alive(pid));
  ::kill(pid, SIGKILL);
}

TEST_CASE("a stop request ends the program") {
  std::stop_source source;
  Context context;
  context.stop = source.get_token();
  std::jthread stopper([&source] {
    std::this_thread::sleep_for(100ms);
    source.request_stop();
  });
  const auto result = run_child(shell("sleep 60"), context);
  REQUIRE_FALSE(result);
  CHECK(result.error().kind == ErrorKind::cancelled);
}

TEST_CASE("what a program had too little time for is told: its own limit, or the deadline of all") {
  auto command = shell("sleep 60");
  command.limit = 200ms;
  CHECK(run_child(command, Context{}).error().message.contains("did not end in time (200 ms)"));
  command.limit = 30s;
  Context context;
  context.deadline = Deadline::after(200ms);
  CHECK(run_child(command, context).error().message.contains("did not end in time (the deadline of all)"));
}

TEST_CASE("a program that is not there, or may not be run, says so") {
  ChildCommand command;
  command.argv = {"/nonexistent/program"};
  CHECK(run_child(command, Context{}).error().kind == ErrorKind::not_found);
  const TemporaryDirectory directory;
  const auto not_executable = directory / "file";
  std::ofstream(not_executable) << "#!/bin/sh\n";
  command.argv = {not_executable.string()};
  CHECK(run_child(command, Context{}).error().kind == ErrorKind::permission);
}

TEST_CASE("signals that we block reach the child at their defaults") {
  sigset_t term{};
  sigset_t before{};
  ::sigemptyset(&term);
  ::sigaddset(&term, SIGTERM);
  ::pthread_sigmask(SIG_BLOCK, &term, &before);
  const auto result = run_child(shell("kill -TERM $$; sleep 5"), Context{});
  ::pthread_sigmask(SIG_SETMASK, &before, nullptr);
  REQUIRE(result);
  CHECK(result->signal == SIGTERM);
}

TEST_CASE("a program begins only once its birth is noted") {
  const failover::test::TemporaryDirectory folder;
  const auto marker = folder / "ran";
  ChildCommand command;
  command.argv = {"touch", marker.string()};
  // Long enough for a program that does not wait.
  const auto has_begun = [&] {
    for (int tries = 0; tries < 30 && !std::filesystem::exists(marker); ++tries) ::usleep(10'000);
    return std::filesystem::exists(marker);
  };
  command.born = [&](pid_t) -> failover::Result<void> {
    CHECK_FALSE(has_begun());
    return failover::fail(ErrorKind::io, "cannot be noted");
  };
  CHECK(run_child(command, {}).error().message == "cannot be noted");
  CHECK_FALSE(has_begun());
  command.born = [](pid_t) { return failover::Result<void>(); };
  CHECK(run_child(command, {})->ok());
  CHECK(std::filesystem::exists(marker));
}

TEST_CASE("a program that cannot be run is told as such when it is forked, too") {
  ChildCommand command;
  command.argv = {"/nowhere/program"};
  command.born = [](pid_t) { return failover::Result<void>(); };
  CHECK(run_child(command, {}).error().kind == ErrorKind::not_found);
}

TEST_CASE("all that a program says is heard") {
  ChildCommand command;
  command.argv = {"sh", "-c", "yes x | head -c 300000; echo last >&2"};
  command.output_cap = 10;
  command.merge_output = true;
  std::string heard;
  command.heard = [&](std::string_view text) { heard += text; };
  CHECK(run_child(command, {})->output.size() == 10);
  CHECK(heard.size() == 300'005);
}
