// One arbiter, driven line by line: a line of JSON on stdin is one call, its answer a line of JSON on stdout.
//
//   conformance_arbiter SPEC SERVICE LEASE_S [attended]
//   SPEC is that of --arbiter; for `dns` the UPDATER that keeps the mark is in FO_MARK_DNS.
//   {"act":"read"} {"act":"adopt","node":"a","epoch":1} {"act":"claim","node":"b","floor":1,"peers":["a"]}
//   {"act":"take_up","node":"b","epoch":2} {"act":"still_ours"} {"act":"confirm_off","node":"a"} {"act":"commit"}
//   {"act":"withdraw","node":"b","epoch":2} {"act":"release"}
//   {"act":"hand_over","node":"b","to":"a","floor":2}

#include <chrono>
#include <cstdint>
#include <cstdlib>
#include <functional>
#include <iostream>
#include <map>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include <nlohmann/json.hpp>

#include <failover/arbiter.hpp>
#include <failover/context.hpp>
#include <failover/error.hpp>
#include <failover/registry.hpp>

namespace {

using failover::Arbiter;
using failover::Context;
using failover::Deadline;
using failover::Result;
using nlohmann::json;

json failed(const failover::Error& error) {
  return {{"error", failover::to_string(error.kind)}, {"message", error.message}};
}

json answer(const Result<void>& result) {
  return result ? json{{"ok", true}} : failed(result.error());
}

json answer(const Result<failover::ArbiterRecord>& result) {
  if (!result) return failed(result.error());
  return {{"epoch", result->epoch},
          {"maybe", result->maybe},
          {"active", result->active ? json(*result->active) : json()},
          {"promoting", result->promoting ? json(*result->promoting) : json()}};
}

json answer(const Result<failover::ArbiterClaim>& result) {
  return result ? json{{"epoch", result->epoch}, {"others", result->others}} : failed(result.error());
}

json act(Arbiter& arbiter, const json& line) {
  const Context context{Deadline::after(std::chrono::seconds(line.value("seconds", 8))), {}, nullptr};
  const auto node = [&line] { return line.at("node").get<std::string>(); };
  const auto epoch = [&line] { return line.at("epoch").get<std::uint64_t>(); };
  const std::map<std::string, std::function<json()>> acts{
      {"read", [&] { return answer(arbiter.read(context)); }},
      {"adopt", [&] { return answer(arbiter.adopt(node(), epoch(), context)); }},
      {"claim",
       [&] {
         return answer(arbiter.claim(
             {node(), line.at("floor").get<std::uint64_t>(), line.at("peers").get<std::vector<std::string>>()},
             context));
       }},
      {"take_up", [&] { return answer(arbiter.take_up(node(), epoch(), context)); }},
      {"still_ours", [&] { return answer(arbiter.still_ours(context)); }},
      {"confirm_off", [&] { return answer(arbiter.confirm_off(node(), context)); }},
      {"commit", [&] { return answer(arbiter.commit(context)); }},
      {"withdraw", [&] { return answer(arbiter.withdraw(node(), epoch(), context)); }},
      {"leave", [&] { return answer(arbiter.leave(node(), context)); }},
      {"hand_over",
       [&] {
         const auto handed = arbiter.hand_over(node(), line.at("to").get<std::string>(),
                                               line.at("floor").get<std::uint64_t>(), context);
         return handed ? json{{"epoch", *handed}} : failed(handed.error());
       }},
      {"release", [&] { return answer(arbiter.release(context)); }},
  };
  return acts.at(line.at("act").get<std::string>())();
}

}  // namespace

int main(int argc, char** argv) {
  if (argc < 4) return 2;
  failover::ArbiterOptions options{.attended = argc > 4, .only_standby = false, .service = argv[2]};
  options.lease = std::chrono::seconds(std::stoi(argv[3]));
  if (const auto* const url = std::getenv("FO_MARK_DNS")) {
    auto view = failover::make_dns_view(url, {}, "_failover." + options.service);
    if (!view) {
      std::cout << failed(view.error()) << std::endl;
      return 1;
    }
    options.mark = std::move(view->updater);
  }
  const auto arbiter = failover::make_arbiter(argv[1], options);
  if (!arbiter) {
    std::cout << failed(arbiter.error()) << std::endl;
    return 1;
  }
  for (std::string line; std::getline(std::cin, line);) std::cout << act(**arbiter, json::parse(line)) << std::endl;
  return 0;
}
