#include "net/etcd_message.hpp"

#include <chrono>
#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include <failover/error.hpp>

#include "support/catch.hpp"

using failover::EtcdTransaction;
using std::chrono::seconds;

namespace {

const std::string header = R"("header":{"cluster_id":"1","member_id":"2","revision":"7","raft_term":"3"})";

std::string reply(const std::string& members) {
  return "{" + header + (members.empty() ? "" : "," + members) + "}";
}

/// One entry: "k" = "v", created and changed at revision 5.
const std::string entry = R"({"key":"aw==","create_revision":"5","mod_revision":"5","version":"1","value":"dg=="})";

EtcdTransaction claim() {
  using What = failover::EtcdAct::What;
  return {.compares = {{.key = "k", .what = failover::EtcdCompare::What::create_revision, .revision = 0, .value = {}}},
          .success = {{.what = What::put, .keys = {"k", ""}, .value = "v", .lease = "9041998825070368517"}},
          .failure = {{.what = What::range, .keys = {"k", ""}, .value = {}, .lease = {}}}};
}

}  // namespace

TEST_CASE("requests to etcd's gateway: base64, numbers as strings") {
  CHECK(failover::etcd_range_request(failover::etcd_prefix("/a/"), 64) ==
        R"({"key":"L2Ev","range_end":"L2Ew","limit":"64"})");
  CHECK(failover::etcd_put_request("k", "v", "") == R"({"key":"aw==","value":"dg=="})");
  CHECK(failover::etcd_grant_request(seconds(30)) == R"({"TTL":"30"})");
  CHECK(failover::etcd_transaction_request(claim()) ==
        R"({"compare":[{"key":"aw==","result":"EQUAL","target":"CREATE","create_revision":"0"}],)"
        R"("success":[{"request_put":{"key":"aw==","value":"dg==","lease":"9041998825070368517"}}],)"
        R"("failure":[{"request_range":{"key":"aw=="}}]})");
}

TEST_CASE("the end of a prefix's keys") {
  CHECK(failover::etcd_prefix("a\xff").end == "b");
  CHECK(failover::etcd_prefix("\xff\xff").end == std::string(1, '\0'));
}

TEST_CASE("an answer to a range") {
  const auto found = failover::read_etcd_range(reply("\"kvs\":[" + entry + R"(],"count":"1")"));
  REQUIRE(found);
  CHECK(found->header.revision == 7);
  CHECK(found->header.term == 3);
  REQUIRE(found->entries.size() == 1);
  CHECK(found->entries[0].key == "k");
  CHECK(found->entries[0].value == "v");
  CHECK(found->entries[0].lease.empty());
  CHECK(failover::read_etcd_range(reply(""))->entries.empty());
  CHECK(failover::read_etcd_range(reply(R"("more":true,"count":"9")"))->more);
}

TEST_CASE("unknown-is-not-down: what is no whole answer to a range never reads as no entries") {
  const auto hostile = GENERATE_COPY(values<std::string>({
      "",
      "{}",
      "[]",
      "null",
      "{\"kvs\":[]}",
      "{\"header\":{}}",
      "{\"header\":{\"revision\":\"0\",\"raft_term\":\"1\"}}",
      "{\"header\":{\"revision\":\"1\"}}",
      "{\"header\":{\"revision\":1,\"raft_term\":2}}",
      "{\"header\":\"x\"}",
      "{" + header,
      reply("\"count\":\"1\""),
      reply("\"count\":\"-1\""),
      reply("\"count\":1"),
      reply("\"count\":\"99999999999999999999\""),
      reply("\"kvs\":{}"),
      reply("\"kvs\":[" + entry + "]"),
      reply("\"kvs\":[" + entry + "],\"count\":\"2\""),
      reply(R"("kvs":[1],"count":"1")"),
      reply(R"("kvs":[{}],"count":"1")"),
      reply(R"("kvs":[{"key":"???","create_revision":"5","mod_revision":"5"}],"count":"1")"),
      reply(R"("kvs":[{"key":"aw==","create_revision":"5","mod_revision":"4"}],"count":"1")"),
      reply(R"("kvs":[{"key":"aw==","create_revision":"5","mod_revision":"5","lease":"x"}],"count":"1")"),
      reply("\"more\":\"yes\""),
      "{\"error\":\"etcdserver: no leader\",\"code\":14}",
      std::string(100'000, '['),
  }));
  INFO(hostile.substr(0, 200));
  const auto found = failover::read_etcd_range(hostile);
  REQUIRE_FALSE(found);
  CHECK(found.error().kind == failover::ErrorKind::protocol);
}

TEST_CASE("one-winner: a transaction succeeded only if the answer says so, and answers every act") {
  const auto transaction = claim();
  const auto won = failover::read_etcd_outcome(
      reply(R"("succeeded":true,"responses":[{"response_put":{"header":{"revision":"7"}}}])"), transaction);
  REQUIRE(won);
  CHECK(won->succeeded);
  const auto lost = failover::read_etcd_outcome(
      reply(R"("responses":[{"response_range":{"kvs":[)" + entry + R"(],"count":"1"}}])"), transaction);
  REQUIRE(lost);
  CHECK_FALSE(lost->succeeded);
  CHECK(lost->found[0].entries[0].value == "v");
  for (const auto* members :
       {"", R"("succeeded":true)", R"("succeeded":"true","responses":[{"response_put":{}}])",
        R"("succeeded":true,"responses":[{"response_range":{}}])", R"("succeeded":true,"responses":[{}])",
        R"("succeeded":true,"responses":[1])", R"("succeeded":true,"responses":[])", R"("responses":{})",
        R"("responses":[{"response_range":{"count":"1"}}])",
        R"("succeeded":true,"responses":[{"response_put":{}},{"response_put":{}}])"}) {
    INFO(members);
    CHECK_FALSE(failover::read_etcd_outcome(reply(members), transaction));
  }
  CHECK_FALSE(failover::read_etcd_outcome("{}", transaction));
}

TEST_CASE("a lease without a TTL is lost") {
  const auto grant = failover::read_etcd_grant(reply(R"("ID":"9041998825070368517","TTL":"5")"));
  REQUIRE(grant);
  CHECK(grant->id == "9041998825070368517");
  CHECK(grant->lifetime == seconds(5));
  for (const auto* members :
       {"", R"("ID":"1")", R"("TTL":"5")", R"("ID":5,"TTL":"5")", R"("ID":"0","TTL":"5")", R"("ID":"1","TTL":"-5")"}) {
    INFO(members);
    CHECK_FALSE(failover::read_etcd_grant(reply(members)));
  }
  const auto result = [](const std::string& members) { return "{\"result\":" + reply(members) + "}"; };
  CHECK(failover::read_etcd_keepalive(result(R"("ID":"1","TTL":"5")")).value()->remaining == seconds(5));
  CHECK(failover::read_etcd_keepalive(result(R"("ID":"1")")).value() == std::nullopt);
  CHECK_FALSE(failover::read_etcd_keepalive(reply(R"("ID":"1","TTL":"5")")));
  CHECK_FALSE(failover::read_etcd_keepalive(R"({"result":{"TTL":"5"}})"));
  const auto life = failover::read_etcd_lease_life(reply(R"("ID":"1","TTL":"4","grantedTTL":"5")"));
  CHECK(life.value()->remaining == seconds(4));
  CHECK(life.value()->granted == seconds(5));
  CHECK(failover::read_etcd_lease_life(reply(R"("ID":"1","TTL":"-1")")).value() == std::nullopt);
  CHECK(failover::read_etcd_lease_life(reply(R"("ID":"1","grantedTTL":"5")")).value() == std::nullopt);
  // A server that leads no more: a lease for ever.
  CHECK_FALSE(failover::read_etcd_lease_life(reply(R"("ID":"1","TTL":"9223372036","grantedTTL":"5")")));
  // What lives was granted, and for a time that can be reckoned with.
  CHECK_FALSE(failover::read_etcd_lease_life(reply(R"("ID":"1","TTL":"5")")));
  CHECK_FALSE(failover::read_etcd_lease_life(reply(R"("ID":"1","TTL":"5","grantedTTL":"9223372036")")));
  CHECK_FALSE(failover::read_etcd_grant(reply(R"("ID":"1","TTL":"9223372036")")));
}

TEST_CASE("a token goes into a header, so it is printable") {
  CHECK(failover::read_etcd_token(reply(R"("token":"abc.1")")).value() == "abc.1");
  for (const auto* members : {"", R"("token":"")", R"("token":1)", R"("token":"a\r\nX: y")", R"("token":"a b")"}) {
    INFO(members);
    CHECK_FALSE(failover::read_etcd_token(reply(members)));
  }
}

TEST_CASE("what a refusal says") {
  const auto refusal = failover::read_etcd_refusal(404, R"({"error":"lease\nnot found","code":5})");
  CHECK(refusal.code == 5);
  CHECK(refusal.message == "lease?not found");
  CHECK(failover::read_etcd_refusal(400, "CommonName of\x1b client\nmore").message ==
        "HTTP status 400: CommonName of? client");
  for (const auto* odd :
       {"", "<html>", "{}", R"({"error":5,"code":5})", R"({"error":"x"})", R"({"error":"x","code":99})",
        R"({"error":"x","code":9223372036854775813})", R"({"error":"x","code":"5"})", "[]"}) {
    INFO(odd);
    CHECK(failover::read_etcd_refusal(502, odd).code == -1);
    CHECK(failover::read_etcd_refusal(502, odd).message.starts_with("HTTP status 502"));
  }
}
