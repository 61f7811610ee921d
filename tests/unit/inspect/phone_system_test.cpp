#include "inspect/phone_system.hpp"

#include <string>

#include <failover/error.hpp>

#include "inspect/inspector.hpp"
#include "support/catch.hpp"
#include "unit/inspect/inspect_text.hpp"

using namespace failover;
using test::give;

namespace {

Error refusal(const std::string& text, std::size_t piece = 7) {
  Inspector inspector;
  const auto given = give(inspector, "CompanyDb.xml", text, piece);
  REQUIRE_FALSE(given);
  CHECK(given.error().kind == ErrorKind::integrity);
  return given.error();
}

bool holds(const std::string& text, const std::string& part) {
  return text.find(part) != std::string::npos;
}

}  // namespace

TEST_CASE("a 3CX database tells version, numbers and gateways, however it is cut into pieces") {
  for (const std::size_t piece : {1U, 7U, 4096U}) {
    Inspector inspector;
    REQUIRE(give(inspector, "CompanyDb.xml", test::phone_system, piece));
    const auto contents = inspector.contents();
    CHECK(contents.kind == "3CX");
    CHECK(contents.version == "20.0.5.551");
    CHECK(contents.extensions == 3);
    CHECK(contents.queues == 1);
    CHECK(contents.trunks == 1);
    REQUIRE(contents.gateways);
    REQUIRE(contents.gateways->size() == 2);
    CHECK(contents.gateways->front().name == "Carrier & Sons");
    CHECK(contents.gateways->front().host == "sip.carrier.example");
    CHECK(contents.gateways->front().port == 5060);
    CHECK_FALSE(contents.gateways->back().port);
  }
}

TEST_CASE("what a 3CX database does not tell is unknown, never 0") {
  Inspector inspector;
  REQUIRE(give(inspector, "CompanyDb.xml", "<PhoneSystem><header/></PhoneSystem>"));
  const auto contents = inspector.contents();
  CHECK(contents.kind == "3CX");
  CHECK_FALSE(contents.version);
  CHECK_FALSE(contents.extensions);
  CHECK_FALSE(contents.trunks);
  CHECK_FALSE(contents.queues);
  CHECK_FALSE(contents.gateways);
}

TEST_CASE("a tenant without extensions has none") {
  Inspector inspector;
  REQUIRE(give(inspector, "CompanyDb.xml", "<PhoneSystem><Tenants><Tenant/></Tenants></PhoneSystem>"));
  CHECK(inspector.contents().extensions == 0);
}

TEST_CASE("another root is another program's file") {
  Inspector inspector;
  REQUIRE(give(inspector, "OtherDb.xml", "<Shop><Tenants><Tenant><DN><Extension/></DN></Tenant></Tenants></Shop>"));
  CHECK(inspector.contents().kind == "other");
  CHECK_FALSE(inspector.contents().extensions);
}

TEST_CASE("two databases are not added up") {
  Inspector inspector;
  REQUIRE(give(inspector, "ADb.xml", test::phone_system));
  REQUIRE(give(inspector, "BDb.xml", test::phone_system));
  CHECK(inspector.contents().kind == "3CX");
  CHECK_FALSE(inspector.contents().extensions);
  CHECK(inspector.contents().remarks.size() == 1);
}

TEST_CASE("entities are refused before they can be multiplied") {
  std::string laughs = "<!DOCTYPE lolz [<!ENTITY a \"lol\">";
  for (char name = 'b'; name < 'k'; ++name) {
    const std::string before(1, static_cast<char>(name - 1));
    laughs += std::string("<!ENTITY ") + name + " \"";
    for (int i = 0; i < 10; ++i) laughs += "&" + before + ";";
    laughs += "\">";
  }
  CHECK(holds(refusal(laughs + "]><PhoneSystem>&j;</PhoneSystem>").message, "document type"));
  CHECK(holds(refusal("<!DOCTYPE x SYSTEM \"file:///etc/passwd\"><PhoneSystem/>").message, "document type"));
  CHECK(holds(refusal("<!DOCTYPE x [<!ENTITY % p SYSTEM \"http://192.0.2.1/\"> %p;]><PhoneSystem/>").message,
              "document type"));
  refusal("<PhoneSystem>&undefined;</PhoneSystem>");
}

TEST_CASE("depth and size of what the parser must hold are limited") {
  std::string deep;
  for (int i = 0; i < 65; ++i) deep += "<a>";
  CHECK(holds(refusal(deep, 4096).message, "deeply"));
  CHECK(holds(refusal("<PhoneSystem a=\"" + std::string(3'000'000, 'x') + "\"/>", 65536).message, "too long"));
  CHECK(holds(refusal("<PhoneSystem><!--" + std::string(3'000'000, 'x') + "--></PhoneSystem>", 65536).message,
              "too long"));
}

TEST_CASE("a text may be long: nobody holds it") {
  Inspector inspector;
  REQUIRE(give(inspector, "CompanyDb.xml", "<PhoneSystem>" + std::string(5'000'000, 'x') + "</PhoneSystem>", 65536));
  CHECK(inspector.contents().kind == "3CX");
}

TEST_CASE("a database that is cut off is no database") {
  CHECK(holds(refusal(test::phone_system.substr(0, test::phone_system.size() - 20)).message, "not well-formed"));
  refusal("");
}
