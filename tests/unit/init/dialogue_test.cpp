#include "fo-promote/init/dialogue.hpp"

#include <algorithm>
#include <string>
#include <vector>

#include <failover/error.hpp>

#include "fo-promote/init/answers.hpp"
#include "fo-promote/init/questions.hpp"
#include "support/catch.hpp"
#include "unit/init/fakes.hpp"

using namespace failover;
using namespace failover::promote_tool;

namespace {

using Values = std::vector<std::string>;

struct Run {
  FakeSurroundings around;
  FakeDialogue dialogue;
  Result<Answers> go(const Answers& given) { return question(given, dialogue, around); }
};

}  // namespace

TEST_CASE("without a person defaults are taken, and every flag without one is named at once") {
  Run run;
  run.dialogue.person = false;
  const auto answers = run.go({});
  REQUIRE(!answers);
  CHECK(answers.error().kind == ErrorKind::usage);
  for (const auto* flag : {"--service", "--peer-address", "--source", "--dns"}) {
    CHECK(answers.error().message.contains(flag));
  }
  for (const auto* flag : {"--role", "--node", "--interval", "--fence", "--peer,"}) {
    CHECK(!answers.error().message.contains(flag));
  }
  CHECK(run.dialogue.prompts.empty());
}

TEST_CASE("without a person what was given and the defaults are enough") {
  Run run;
  run.dialogue.person = false;
  const auto answers = run.go(least());
  REQUIRE(answers);
  CHECK(answers->first("role") == "standby");
  CHECK(answers->first("node") == "pbx2");
  CHECK(answers->first("peer") == "pbx1");
  CHECK(answers->first("address") == "192.0.2.12");
  CHECK(answers->first("machine-id") == run.around.facts.machine_id);
  CHECK(answers->all("services") == Values{"sip"});
  CHECK(answers->first("fence") == "operator");
  CHECK(run.dialogue.origins.at("service") == Origin::flag);
  CHECK(run.dialogue.origins.at("interval") == Origin::assumed);
}

TEST_CASE("a flag that was given is not asked, and what does not apply neither") {
  Run run;
  auto given = least();
  given.set("interval", {"10s"});
  const auto answers = run.go(given);
  REQUIRE(answers);
  CHECK(run.dialogue.asked("How often") == 0);
  CHECK(run.dialogue.asked("Which name do the phones call") == 0);
  CHECK(run.dialogue.asked("private key") == 0);
  CHECK(run.dialogue.asked("web client") == 0);
  CHECK(run.dialogue.asked("What is the other host called") == 1);
  CHECK(answers->first("interval") == "10s");
}

TEST_CASE("Enter takes the default, ? explains, a bad answer is told and asked again") {
  Run run;
  run.dialogue.lines["How often"] = {"?", "30", "20s"};
  const auto answers = run.go(least());
  REQUIRE(answers);
  CHECK(answers->first("interval") == "20s");
  CHECK(run.dialogue.asked("How often") == 3);
  CHECK(run.dialogue.was_told("3CX uses"));
  CHECK(run.dialogue.was_told("--interval"));
  CHECK(run.dialogue.was_told("30s"));
  CHECK(answers->first("node") == "pbx2");
  CHECK(run.dialogue.origins.at("interval") == Origin::asked);
}

TEST_CASE("an answer that is needed has no 'none', another one has") {
  Run run;
  auto given = least();
  given.forget("dns");
  run.dialogue.lines["Who moves the name"] = {"", "rfc2136://192.0.2.53/example.com?key-file=/k"};
  run.dialogue.lines["private key"] = {"none"};
  given.set("source", {"sftp://u@192.0.2.7/b/*.zip"});
  run.around.files = {"/etc/failover/id_ed25519"};
  const auto answers = run.go(given);
  REQUIRE(answers);
  CHECK(run.dialogue.asked("Who moves the name") == 2);
  CHECK(answers->has("identity-file"));
  CHECK(answers->all("identity-file").empty());
}

TEST_CASE("what a check doubts is kept only when the person says so") {
  Run run;
  run.around.findings["services"] = {{FindingGrade::doubt, "not up now"}, {FindingGrade::doubt, "not up now"}};
  run.dialogue.lines["Keep it anyway"] = {"", "y"};
  REQUIRE(run.go(least()));
  CHECK(run.dialogue.asked("Keep it anyway") == 2);
  CHECK(run.dialogue.asked("Which services") == 2);
}

TEST_CASE("what a check calls wrong is asked again, or ends what nobody can mend") {
  Run run;
  run.around.findings["address"] = {{FindingGrade::wrong, "no"}};
  REQUIRE(run.go(least()));
  CHECK(run.dialogue.asked("callers reach this host") == 2);
  CHECK(run.dialogue.asked("Keep it anyway") == 0);

  Run alone;
  alone.dialogue.person = false;
  alone.around.findings["peer-address"] = {{FindingGrade::wrong, "it is ours"}};
  const auto answers = alone.go(least());
  REQUIRE(!answers);
  CHECK(answers.error().kind == ErrorKind::config);
  CHECK(answers.error().message == "--peer-address: it is ours");
}

TEST_CASE("a flag that a check doubts is asked after all when the person does not keep it") {
  Run run;
  run.around.findings["dns"] = {{FindingGrade::doubt, "nobody answers"}};
  run.dialogue.lines["Keep it anyway"] = {"n"};
  run.dialogue.lines["Who moves the name"] = {"hosts:///etc/hosts.pbx"};
  const auto answers = run.go(least());
  REQUIRE(answers);
  CHECK(run.dialogue.asked("Who moves the name") == 1);
  CHECK(answers->first("dns") == "hosts:///etc/hosts.pbx");
}

TEST_CASE("without a person a doubt is told, and kept") {
  Run run;
  run.dialogue.person = false;
  run.around.findings["services"] = {{FindingGrade::doubt, "not up now"}};
  REQUIRE(run.go(least()));
  CHECK(run.dialogue.findings == Values{"services doubt"});
}

TEST_CASE("a store that cannot be read leads back to its place, and what was said is the default") {
  Run run;
  auto given = least();
  given.forget("source");
  run.dialogue.lines["Where are the backups"] = {"sftp://u@192.0.2.7/typo/*.zip", "sftp://u@192.0.2.7/b/*.zip"};
  run.dialogue.lines["private key"] = {"/etc/failover/id"};
  run.around.findings["known-hosts"] = {{FindingGrade::doubt, "no such folder"}};
  const auto answers = run.go(given);
  REQUIRE(answers);
  CHECK(run.dialogue.asked("Where are the backups") == 2);
  CHECK(run.dialogue.asked("private key") == 2);
  CHECK(answers->first("source") == "sftp://u@192.0.2.7/b/*.zip");
  CHECK(answers->first("identity-file") == "/etc/failover/id");
}

TEST_CASE("a flag is checked before the first question") {
  Run run;
  auto given = least();
  given.set("fail-when", {"some"});
  const auto answers = run.go(given);
  REQUIRE(!answers);
  CHECK(answers.error().kind == ErrorKind::usage);
  CHECK(answers.error().message.starts_with("--fail-when: "));
  CHECK(run.dialogue.prompts.empty());
}

TEST_CASE("the end of the input ends it") {
  Run run;
  run.dialogue.ends_after = 3;
  const auto answers = run.go(least());
  REQUIRE(!answers);
  CHECK(answers.error().kind == ErrorKind::refused);
}

TEST_CASE("every question that is asked explains itself, and has a flag of its own") {
  std::vector<std::string> flags;
  for (const auto& each : questions()) {
    flags.emplace_back(each.flag);
    if (!each.prompt.empty()) CHECK(each.help.ends_with("."));
  }
  std::ranges::sort(flags);
  CHECK(std::ranges::adjacent_find(flags) == flags.end());
}
