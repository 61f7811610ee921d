#include "probe/plugin_answer.hpp"

#include <csignal>
#include <string>

#include <sys/wait.h>

#include <failover/observer.hpp>

#include "support/catch.hpp"

using failover::Grade;
using failover::Health;
using failover::judge_plugin;
using failover::plugin_line;

TEST_CASE("a plugin's exit status is taken over") {
  CHECK(judge_plugin(CLD_EXITED, 0, "OK").health == Health::up);
  CHECK(judge_plugin(CLD_EXITED, 0, "OK").grade == Grade::ok);
  CHECK(judge_plugin(CLD_EXITED, 1, "slow").health == Health::up);
  CHECK(judge_plugin(CLD_EXITED, 1, "slow").grade == Grade::warning);
  CHECK(judge_plugin(CLD_EXITED, 2, "gone").health == Health::down);
  CHECK(judge_plugin(CLD_EXITED, 2, "gone").detail == "gone");
  CHECK(judge_plugin(CLD_EXITED, 2, "").detail == "exit status 2");
}

TEST_CASE("unknown-is-not-down: 3, any other status and a signal are unknown") {
  for (const int status : {3, 4, 64, 126, 127, 128, 255}) {
    INFO(status);
    CHECK_FALSE(judge_plugin(CLD_EXITED, status, "x").health);
  }
  CHECK_FALSE(judge_plugin(CLD_KILLED, SIGKILL, "OK").health);
  CHECK_FALSE(judge_plugin(CLD_DUMPED, SIGSEGV, "OK").health);
  // A signal's number is no exit status.
  CHECK_FALSE(judge_plugin(CLD_KILLED, SIGINT, "x").health);
  CHECK_FALSE(judge_plugin(CLD_KILLED, SIGHUP, "x").health);
}

TEST_CASE("of what a plugin says the first line is kept, without what a terminal might obey") {
  CHECK(plugin_line("PING OK - 0.1 ms|rta=0.1ms;\nmore") == "PING OK - 0.1 ms");
  CHECK(plugin_line("\n\r\n  second \r\nthird") == "second");
  CHECK(plugin_line("a\x1b[31mb\tc\x9b\xc3\xa4") == "a?[31mb?c???");
  CHECK(plugin_line("").empty());
  CHECK(plugin_line(" \n ").empty());
  CHECK(plugin_line(std::string(5000, 'x')) == std::string(200, 'x') + "...");
}
