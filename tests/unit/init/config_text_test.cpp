#include "fo-promote/init/config_text.hpp"

#include <cstddef>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>
#include <string_view>
#include <vector>

#include "cli/config_file.hpp"
#include "fo-promote/init/answers.hpp"
#include "support/catch.hpp"

using namespace failover;
using namespace failover::promote_tool;

namespace {

using Values = std::vector<std::string>;

/// Whether it is what the golden file says. A deliberate change: FO_GOLDEN=write, then look at the difference.
bool is_golden(const std::string& text, std::string_view name) {
  const auto path = std::filesystem::path(GOLDEN_DIR) / name;
  const char* wish = std::getenv("FO_GOLDEN");
  if (wish != nullptr && std::string_view(wish) == "write") std::ofstream(path) << text;
  std::ifstream file(path);
  const std::string golden{std::istreambuf_iterator<char>(file), {}};
  if (text != golden) UNSCOPED_INFO(text);
  return text == golden;
}

Answers pair() {
  Answers answers;
  answers.set("service", {"pbx.example.com"});
  answers.set("role", {"standby"});
  answers.set("node", {"pbx2"});
  answers.set("peer", {"pbx1"});
  answers.set("address", {"192.0.2.12"});
  answers.set("peer-address", {"192.0.2.11"});
  answers.set("machine-id", {"22222222222222222222222222222222"});
  answers.set("interval", {"30s"});
  answers.set("fail-when", {"all"});
  answers.set("reference", {"tcp://198.51.100.1:53", "tcp://198.51.100.2:53"});
  answers.set("ttl", {"60s"});
  answers.set("arbiter", {"operator"});
  answers.set("fence", {"operator"});
  return answers;
}

Answers with_3cx() {
  auto answers = pair();
  answers.set("pbx", {"3cx"});
  answers.set("peer-machine-id", {"11111111111111111111111111111111"});
  answers.set("services", {"sip", "web", "tunnel"});
  answers.set("web-port", {"5001"});
  answers.set("source", {"gs://pbx-backups/office/3CX*.zip"});
  answers.set("credentials-file", {"/etc/failover/google.json"});
  answers.set("restore-hook", {"/etc/failover/hooks/3cx-clear"});
  answers.set("start-hook", {"/etc/failover/hooks/pbx-start"});
  answers.set("stop-hook", {"/etc/failover/hooks/pbx-stop"});
  answers.set("dns", {"observe://"});
  answers.set("epoch-dns", {"rfc2136://192.0.2.53/example.com?key-file=/etc/failover/dns.key"});
  answers.set("fence", {"ssh://root@192.0.2.11:7022?identity-file=/etc/failover/id_fence",
                        "exec:///etc/failover/fence/fence-ipmi?kind=power", "pbx2=operator"});
  answers.set("notify", {"mail:admins@example.com"});
  return answers;
}

Answers with_asterisk() {
  auto answers = pair();
  answers.set("pbx", {"asterisk"});
  answers.set("address", {"2001:db8::12"});
  answers.set("services", {"sip"});
  answers.set("sip-port", {"5070"});
  answers.set("source", {"sftp://backup@store.example.com/pbx/pbx-*.zip"});
  answers.set("identity-file", {"/etc/failover/id_ed25519"});
  answers.set("known-hosts", {"/etc/failover/known_hosts"});
  answers.set("restore-hook", {"/etc/failover/hooks/pbx-stop"});
  answers.set("window", {"01:00-05:00"});
  answers.set("unit", {"asterisk.service"});
  answers.set("dns", {"rfc2136://192.0.2.53/example.com?key-file=/etc/failover/dns.key"});
  answers.set("arbiter", {"etcd://192.0.2.31,192.0.2.32,192.0.2.33/failover"});
  answers.set("tries", {"5"});
  return answers;
}

Answers without_data() {
  auto answers = pair();
  answers.set("pbx", {"other"});
  answers.set("machine-id", {});
  answers.set("probe", {"sip://192.0.2.11:5070?transport=tcp"});
  answers.set("self-probe", {"sip://192.0.2.12:5070?transport=tcp"});
  answers.set("source", {"none"});
  answers.set("start-hook", {"/etc/failover/hooks/pbx-start"});
  answers.set("dns", {"hosts:///etc/dnsmasq.d/pbx.hosts"});
  answers.set("state-dir", {"/srv/failover"});
  return answers;
}

Values values_of(const std::string& text, std::string_view section, std::string_view key) {
  const auto file = cli::parse_config(text, "x.conf");
  REQUIRE(file);
  Values values;
  for (const auto& each : file->entries) {
    if (each.section == section && each.key == key) values.push_back(each.value);
  }
  return values;
}

}  // namespace

TEST_CASE("configurations are those of the golden files") {
  CHECK(is_golden(config_text(with_3cx()), "3cx.conf"));
  CHECK(is_golden(config_text(counterpart(with_3cx())), "3cx-peer.conf"));
  CHECK(is_golden(config_text(with_asterisk()), "asterisk.conf"));
  CHECK(is_golden(config_text(counterpart(with_asterisk())), "asterisk-peer.conf"));
  CHECK(is_golden(config_text(without_data()), "no-data.conf"));
}

TEST_CASE("both hosts agree: seen from the other one and back it is the same pair") {
  for (const auto& answers : {with_3cx(), with_asterisk(), without_data()}) {
    const auto here = cli::parse_config(config_text(answers), "here.conf");
    const auto there = cli::parse_config(config_text(counterpart(answers)), "there.conf");
    REQUIRE(here);
    REQUIRE(there);
    REQUIRE((here->nodes.size() == 2 && there->nodes.size() == 2));
    for (const std::size_t own : {0U, 1U}) {
      const auto& a = here->nodes[own];
      const auto& b = there->nodes[1 - own];
      CHECK(a.name == b.name);
      CHECK(a.addresses == b.addresses);
      CHECK(a.machine_id == b.machine_id);
      CHECK(a.probes == b.probes);
      CHECK(a.fencers == b.fencers);
    }
    // Each watches the other, and itself only when it serves.
    CHECK(values_of(config_text(answers), "probe", "target") ==
          values_of(config_text(counterpart(answers)), "promote", "self-probe"));
    CHECK(values_of(config_text(answers), "promote", "self-probe") ==
          values_of(config_text(counterpart(answers)), "probe", "target"));
  }
}

TEST_CASE("whoever has no machine id on record is named") {
  CHECK(values_of(config_text(with_asterisk()), "promote", "node").empty());
  CHECK(values_of(config_text(counterpart(with_asterisk())), "promote", "node") == Values{"pbx1"});
}

TEST_CASE("a value in quotes keeps them") {
  auto answers = without_data();
  answers.set("notify", {"\"exec:///x\""});
  CHECK(values_of(config_text(answers), "promote", "notify") == Values{"\"exec:///x\""});
}
