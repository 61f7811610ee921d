#include "fo-promote/init/next_steps.hpp"

#include <algorithm>
#include <string>
#include <vector>

#include "fo-promote/init/answers.hpp"
#include "support/catch.hpp"

using namespace failover::promote_tool;

namespace {

Answers pair() {
  Answers answers;
  answers.set("role", {"standby"});
  answers.set("node", {"pbx2"});
  answers.set("peer", {"pbx1"});
  answers.set("peer-address", {"192.0.2.11"});
  answers.set("source", {"file:///b"});
  answers.set("restore-at", {"04:17"});
  return answers;
}

std::string text(const std::vector<NextStep>& steps) {
  std::string all;
  for (const auto& each : steps) all += each.host + ": " + each.command + "\n";
  return all;
}

}  // namespace

TEST_CASE("from the files to a pair, on a standby") {
  CHECK(text(next_steps(pair(), {"/etc/failover/failover.conf", "/tmp/peer.conf", false})) ==
        "pbx2: scp /tmp/peer.conf root@192.0.2.11:/etc/failover/failover.conf\n"
        "pbx1: fo-promote adopt\n"
        "pbx2: fo-fetch | fo-restore -\n"
        "pbx2: systemctl enable --now fo-watch@failover.service fo-fetch@failover.timer fo-restore@failover.timer\n"
        "pbx2: fo-promote ready\n"
        "pbx2: fo-promote drill\n");
}

TEST_CASE("from the files to a pair, on the active host, with a configuration of its own name") {
  auto answers = pair();
  answers.set("role", {"active"});
  answers.set("source", {"none"});
  CHECK(text(next_steps(answers, {"/etc/failover/office.conf", "", false})) ==
        "pbx1: fo-promote init --role standby\n"
        "pbx2: fo-promote adopt --config /etc/failover/office.conf\n"
        "pbx1: systemctl enable --now fo-watch@office.service\n"
        "pbx1: fo-promote ready --config /etc/failover/office.conf\n"
        "pbx1: fo-promote drill --config /etc/failover/office.conf\n");
}

TEST_CASE("a time of one's own, and a place that is not empty") {
  auto answers = pair();
  answers.set("restore-at", {"02:30"});
  const auto said = text(next_steps(answers, {"/etc/failover/failover.conf", "", true}));
  CHECK(said.contains("fo-restore --take-over -\n"));
  CHECK(said.contains("OnCalendar=*-*-* 02:30:00"));
  CHECK(said.contains("/etc/systemd/system/fo-restore@failover.timer.d"));
}
