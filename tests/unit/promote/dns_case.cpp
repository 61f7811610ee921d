#include "promote/dns_case.hpp"

#include <optional>
#include <string>
#include <vector>

#include <failover/dns.hpp>

#include "support/catch.hpp"

using failover::DnsCase;
using failover::EpochMark;

namespace {

const std::string old_address = "192.0.2.1";
const std::string new_address = "192.0.2.2";

DnsCase decide(std::vector<std::string> addresses, std::optional<EpochMark> mark) {
  return failover::dns_case({std::move(addresses), std::chrono::seconds(60), std::move(mark)}, {{old_address}},
                            {new_address}, 5, "b");
}

}  // namespace

TEST_CASE("a view is decided by its addresses and its mark") {
  struct Row {
    std::vector<std::string> addresses;
    std::optional<EpochMark> mark;
    DnsCase expected;
  };
  const EpochMark older{4, "a", ""};
  const EpochMark mine{5, "b", ""};
  const EpochMark rival{5, "c", ""};
  const EpochMark newer{6, "c", ""};
  const std::vector<Row> rows{
      {{old_address}, std::nullopt, DnsCase::update},
      {{old_address}, older, DnsCase::update},
      {{old_address}, mine, DnsCase::foreign},
      {{old_address}, rival, DnsCase::superseded},
      {{old_address}, newer, DnsCase::superseded},
      {{new_address}, std::nullopt, DnsCase::update},
      {{new_address}, older, DnsCase::update},
      {{new_address}, mine, DnsCase::done},
      {{new_address}, rival, DnsCase::superseded},
      {{new_address}, newer, DnsCase::superseded},
      {{"192.0.2.9"}, std::nullopt, DnsCase::foreign},
      {{"192.0.2.9"}, older, DnsCase::foreign},
      {{"192.0.2.9"}, mine, DnsCase::foreign},
      {{"192.0.2.9"}, newer, DnsCase::superseded},
      {{}, std::nullopt, DnsCase::foreign},
      {{}, mine, DnsCase::foreign},
      {{}, newer, DnsCase::superseded},
      {{old_address, new_address}, std::nullopt, DnsCase::foreign},
      {{old_address, "192.0.2.9"}, older, DnsCase::foreign},
  };
  for (const auto& row : rows) {
    CAPTURE(row.addresses, row.mark ? row.mark->epoch : 0);
    CHECK(decide(row.addresses, row.mark) == row.expected);
  }
}

TEST_CASE("sets of addresses are compared in any order, and an empty set is never the old one") {
  const failover::ServiceRecord both{{"2001:db8::1", old_address}, std::chrono::seconds(60), std::nullopt};
  CHECK(failover::dns_case(both, {{old_address, "2001:db8::1"}}, {new_address}, 1, "b") == DnsCase::update);
  const failover::ServiceRecord none{{}, std::chrono::seconds(0), std::nullopt};
  CHECK(failover::dns_case(none, {{}}, {new_address}, 1, "b") == DnsCase::foreign);
  CHECK(failover::dns_case(none, {{old_address}}, {}, 1, "b") == DnsCase::foreign);
}

TEST_CASE("where the mark lives apart, our mark beside the old address is an interrupted move, and only there") {
  const failover::ServiceRecord half{{old_address}, std::chrono::seconds(60), EpochMark{5, "b", ""}};
  CHECK(failover::dns_case(half, {{old_address}}, {new_address}, 5, "b", true) == DnsCase::update);
  CHECK(failover::dns_case(half, {{old_address}}, {new_address}, 5, "b", false) == DnsCase::foreign);
  const failover::ServiceRecord strange{{"192.0.2.9"}, std::chrono::seconds(60), EpochMark{5, "b", ""}};
  CHECK(failover::dns_case(strange, {{old_address}}, {new_address}, 5, "b", true) == DnsCase::foreign);
  const failover::ServiceRecord won{{old_address}, std::chrono::seconds(60), EpochMark{6, "c", ""}};
  CHECK(failover::dns_case(won, {{old_address}}, {new_address}, 5, "b", true) == DnsCase::superseded);
}

TEST_CASE("an alias and SRV records are decided by the hosts that they name") {
  const auto alias = [](const std::string& host) {
    failover::ServiceRecord record;
    record.targets = {{host, std::nullopt}};
    return record;
  };
  const auto srv = [](std::vector<std::string> hosts) {
    failover::ServiceRecord record;
    for (auto& host : hosts) record.targets.push_back({std::move(host), failover::SrvNumbers{10, 60, 5060}});
    return record;
  };
  const std::vector<std::vector<std::string>> from{{"a.example"}};
  const std::vector<std::string> to{"b.example"};
  CHECK(failover::dns_case(alias("a.example"), from, to, 5, "b") == DnsCase::update);
  CHECK(failover::dns_case(alias("b.example"), from, to, 5, "b") == DnsCase::update);
  CHECK(failover::dns_case(alias("c.example"), from, to, 5, "b") == DnsCase::foreign);
  CHECK(failover::dns_case(alias("a.example"), {{old_address}}, {new_address}, 5, "b") == DnsCase::foreign);
  // Records of another site in the set do not matter; both hosts at once are the callers' own failover.
  CHECK(failover::dns_case(srv({"a.example", "c.example"}), from, to, 5, "b") == DnsCase::update);
  CHECK(failover::dns_case(srv({"a.example", "b.example"}), from, to, 5, "b") == DnsCase::foreign);
  auto done = srv({"b.example", "c.example"});
  done.mark = EpochMark{5, "b", ""};
  CHECK(failover::dns_case(done, from, to, 5, "b") == DnsCase::done);
}
