#include "archive/contents_record.hpp"

#include <chrono>
#include <cstddef>
#include <string>
#include <string_view>

#include <failover/context.hpp>
#include <failover/error.hpp>
#include <failover/restorer.hpp>

#include "support/catch.hpp"

using namespace failover;

namespace {

BackupContents example() {
  BackupContents contents;
  contents.kind = "3CX";
  contents.version = "20.0";
  contents.made = WallTime(std::chrono::nanoseconds(1'700'000'000'123'456'789));
  contents.fqdn = "pbx.example";
  contents.extensions = 20;
  contents.gateways = {{.name = "a \"b\"", .host = "h", .port = 5060}, {.name = "none", .host = "", .port = {}}};
  contents.certificates = {{"Certificates/a.pem", "CN=a", WallTime(std::chrono::seconds(-1))}, {"b", "", {}}};
  contents.remarks = {"one", "two"};
  return contents;
}

}  // namespace

TEST_CASE("what is in a backup travels whole, and what is unknown stays unknown") {
  const auto got = parse_contents(contents_record(example()));
  REQUIRE(got);
  CHECK(got->kind == "3CX");
  CHECK(got->version == "20.0");
  CHECK(got->made == example().made);
  CHECK(got->fqdn == "pbx.example");
  CHECK(got->extensions == 20U);
  CHECK(!got->trunks);
  CHECK(!got->queues);
  REQUIRE(got->gateways);
  REQUIRE(got->gateways->size() == 2);
  CHECK(got->gateways->at(0).name == "a \"b\"");
  CHECK(got->gateways->at(0).port == 5060);
  CHECK(!got->gateways->at(1).port);
  REQUIRE(got->certificates.size() == 2);
  CHECK(got->certificates[0].expires == example().certificates[0].expires);
  CHECK(!got->certificates[1].expires);
  CHECK(got->remarks == example().remarks);

  const auto nothing = parse_contents(contents_record({}));
  REQUIRE(nothing);
  CHECK(nothing->kind == "other");
  CHECK(!nothing->gateways);
  CHECK(!nothing->made);
}

TEST_CASE("bytes that are no record of it are an error") {
  const auto whole = contents_record(example());
  for (std::size_t length = 0; length < whole.size(); ++length) {
    const auto got = parse_contents(std::string_view(whole).substr(0, length));
    REQUIRE(!got);
    CHECK(got.error().kind == ErrorKind::internal);
  }
  CHECK(!parse_contents("{}"));
  CHECK(!parse_contents(R"({"kind": 3})"));
  CHECK(parse_contents(contents_record({.kind = "\xff"})));
}
