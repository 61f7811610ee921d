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
