#include "fence/agent_metadata.hpp"

#include <string>

#include <failover/error.hpp>

#include "support/catch.hpp"

using failover::agent_power;
using failover::AgentPower;
using failover::ErrorKind;
using failover::find_plug;
using failover::parse_agent_metadata;

namespace {

std::string metadata(const std::string& actions, const std::string& parameters = "") {
  return "<?xml version=\"1.0\" ?>\n<resource-agent name=\"fence_x\" >\n<parameters>\n" + parameters +
         "</parameters>\n<actions>\n" + actions + "</actions>\n</resource-agent>\n";
}

const std::string power_actions =
    "\t<action name=\"on\" automatic=\"0\"/>\n\t<action name=\"off\" />\n\t<action name=\"reboot\" />\n"
    "\t<action name=\"status\" />\n\t<action name=\"list\" />\n";

}  // namespace

TEST_CASE("an agent's metadata tells its options, what it needs and what it can do") {
  const auto read =
      parse_agent_metadata(metadata(power_actions,
                                    "<parameter name=\"plug\" unique=\"0\" required=\"1\" obsoletes=\"port\">\n"
                                    "<parameter name=\"port\" unique=\"0\" required=\"1\" deprecated=\"1\">\n"
                                    "<parameter name=\"ssh-options\" unique=\"0\" required=\"0\">\n<content "
                                    "type=\"string\" default=\"name=&quot;\" />\n"));
  REQUIRE(read);
  CHECK(read->parameters == std::set<std::string>{"plug", "port", "ssh_options"});
  CHECK(read->required == std::set<std::string>{"plug"});
  CHECK(read->offers("off"));
  CHECK(read->offers("list"));
  CHECK(!read->offers("monitor"));
  CHECK(!read->cuts_links);
}

TEST_CASE("an agent that cuts storage or network is none that switches a host off") {
  for (const std::string actions :
       {"<action name=\"on\" automatic=\"1\"/><action name=\"off\" /><action name=\"reboot\" /><action name=\"status\" "
        "/>",
        "<action name=\"on\" automatic=\"0\"/><action name=\"off\" /><action name=\"status\" />"}) {
    const auto read = parse_agent_metadata(metadata(actions));
    REQUIRE(read);
    CHECK(read->cuts_links);
  }
}

TEST_CASE("what is no metadata of an agent is refused") {
  for (const std::string& text :
       {std::string(), std::string("Usage: fence_x [-h]"), metadata(""), metadata(power_actions).substr(0, 200),
        std::string("<resource-agent"), std::string("<<<<>>>><resource-agent name=\"</resource-agent>")}) {
    CAPTURE(text);
    const auto read = parse_agent_metadata(text);
    REQUIRE(!read);
    CHECK(read.error().kind == ErrorKind::protocol);
  }
}

TEST_CASE("a plug is what stands before the separator, and nothing else") {
  const std::string list = "1,web\n2,db\r\n17,pbx-a\nvm with blanks,x\n";
  CHECK(find_plug(list, "1", ","));
  CHECK(find_plug(list, "2", ","));
  CHECK(find_plug(list, "17", ","));
  CHECK(find_plug(list, "vm with blanks", ","));
  for (const std::string plug : {"7", "", "3", "1,web", "WEB", "x y"}) {
    CAPTURE(plug);
    const auto found = find_plug(list, plug, ",");
    REQUIRE(!found);
    CHECK(found.error().kind == ErrorKind::refused);
  }
  const auto alias = find_plug(list, "pbx-a", ",");
  REQUIRE(!alias);
  CHECK(alias.error().message.contains("plug=17"));
  CHECK(!find_plug("", "1", ","));
  CHECK(find_plug("1|web", "1", "|"));
  CHECK(!find_plug("1|web", "1", ","));
}

TEST_CASE("the power is the exit status of status, and its words must not say otherwise") {
  CHECK(agent_power(0, "Status: ON\n") == AgentPower::on);
  CHECK(agent_power(2, "Status: OFF\n") == AgentPower::off);
  CHECK(agent_power(0, "") == AgentPower::on);
  CHECK(agent_power(2, "") == AgentPower::off);
  CHECK(agent_power(2, "Status: ON\n") == AgentPower::unknown);
  CHECK(agent_power(0, "Status: OFF\n") == AgentPower::unknown);
  CHECK(agent_power(2, "Status: UNKNOWN\n") == AgentPower::unknown);
  for (const int status : {1, 3, 8, 126, 127, 255, -1})
    CHECK(agent_power(status, "Status: OFF\n") == AgentPower::unknown);
}
