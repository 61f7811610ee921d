#include "fence/agent_spec.hpp"

#include <chrono>
#include <filesystem>
#include <fstream>
#include <set>
#include <string>

#include <failover/error.hpp>

#include "fence/agent_metadata.hpp"
#include "support/catch.hpp"
#include "support/temporary_directory.hpp"

using failover::AgentMetadata;
using failover::check_agent_spec;
using failover::ErrorKind;
using failover::parse_agent_spec;

namespace {

class Place {
 public:
  Place() {
    std::ofstream(file()) << "#!/bin/sh\n";
    std::filesystem::permissions(file(), std::filesystem::perms::owner_all);
    write_secret("pw", "hunter2\n");
  }
  [[nodiscard]] std::string file(const std::string& name = "fence_x") const { return (directory_ / name).string(); }
  [[nodiscard]] std::string spec(const std::string& options) const { return "agent:" + file() + "?" + options; }
  void write_secret(const std::string& name, const std::string& text) const {
    std::ofstream(file(name)) << text;
    std::filesystem::permissions(file(name), std::filesystem::perms::owner_read);
  }

 private:
  failover::test::TemporaryDirectory directory_;
};

AgentMetadata power_agent() {
  AgentMetadata metadata;
  metadata.parameters = {"plug", "port", "ip", "username", "password", "ssl_insecure"};
  metadata.required = {"plug"};
  metadata.actions = {"on", "off", "reboot", "status", "list", "monitor", "metadata"};
  return metadata;
}

}  // namespace

TEST_CASE("secret: what the agent reads is the action, its options and what stands in the files") {
  const Place place;
  const auto spec = parse_agent_spec(
      place.spec("ip=192.0.2.9&username=fo&plug=7&ssl-insecure=1&timeout=3s&password-file=" + place.file("pw")));
  REQUIRE(spec);
  CHECK(spec->timeout == std::chrono::seconds(3));
  CHECK(spec->input("off").reveal() ==
        "action=off\nip=192.0.2.9\nusername=fo\nplug=7\nssl_insecure=1\npassword=hunter2\n");
  CHECK(spec->without_secrets("login fo/hunter2 failed, hunter2!") == "login fo/*** failed, ***!");
  CHECK(check_agent_spec(*spec, power_agent()));
}

TEST_CASE("an agent takes blanks at the ends away, so they are quoted") {
  const Place place;
  place.write_secret("blank", " two words \n");
  place.write_secret("quoted", "\"a\"\n");
  const auto spec =
      parse_agent_spec(place.spec("password-file=" + place.file("blank") + "&secret_key_file=" + place.file("quoted")));
  REQUIRE(spec);
  CHECK(spec->input("status").reveal() == "action=status\npassword=\" two words \"\nsecret_key=\"\"a\"\"\n");
}

TEST_CASE("a spec that is wrong is refused before anything is run") {
  const Place place;
  place.write_secret("open", "x\n");
  std::filesystem::permissions(place.file("open"), std::filesystem::perms(0644));
  for (const std::string& spec :
       {std::string("agent:"), std::string("agent:apc?plug=1"), std::string("agent:../bin/sh"),
        std::string("agent:fence_no_such_agent?plug=1"), std::string("agent:fence_/../sh"), place.spec("password=x"),
        place.spec("passwd=x"), place.spec("snmp_priv_passwd=x"), place.spec("secret-key=x"), place.spec("token=x"),
        place.spec("community=public"), place.spec("action=on"), place.spec("plug=1%0Aaction=on"),
        place.spec("pl%0Aug=1"), place.spec("timeout=0s"), place.spec("timeout=soon"),
        place.spec("password-file=/no/such/file"), place.spec("password-file=" + place.file("open"))}) {
    CAPTURE(spec);
    CHECK(!parse_agent_spec(spec));
  }
  CHECK(parse_agent_spec(place.spec("password_script=/etc/pw.sh&identity-file=/etc/key")));
}

TEST_CASE("an agent ignores an option that it does not know: here it is an error") {
  const Place place;
  const auto metadata = power_agent();
  const auto check = [&](const std::string& options, const AgentMetadata& agent) {
    const auto spec = parse_agent_spec(place.spec(options));
    REQUIRE(spec);
    return check_agent_spec(*spec, agent);
  };
  CHECK(check("plug=1", metadata));
  CHECK(check("port=1", metadata));
  CHECK(!check("pluug=1&plug=1", metadata));
  CHECK(!check("ip=192.0.2.1", metadata));
  CHECK(!check("plug=1&token-file=" + place.file("pw"), metadata));
  auto optional_plug = metadata;
  optional_plug.required.clear();
  CHECK(!check("ip=192.0.2.1", optional_plug));  // it can list plugs: then one must be named
  optional_plug.actions.erase("list");
  CHECK(check("ip=192.0.2.1", optional_plug));
  for (const std::string action : {"off", "status"}) {
    auto without = metadata;
    without.actions.erase(action);
    const auto checked = check("plug=1", without);
    REQUIRE(!checked);
    CHECK(checked.error().kind == ErrorKind::config);
  }
  auto fabric = metadata;
  fabric.cuts_links = true;
  CHECK(!check("plug=1", fabric));
}
