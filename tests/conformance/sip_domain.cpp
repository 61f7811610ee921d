// Checks a target by name servers of a test's choice: SERVERS TARGET TIMEOUT_MS; a JSON object on stdout.

#include <chrono>
#include <iostream>
#include <optional>
#include <string>
#include <utility>

#include <nlohmann/json.hpp>

#include <failover/context.hpp>
#include <failover/observer.hpp>

#include "net/address.hpp"
#include "net/curl.hpp"
#include "net/loop.hpp"
#include "net/resolver.hpp"
#include "probe/check.hpp"
#include "probe/prober.hpp"

int main(int argc, char** argv) {
  if (argc != 4) return 2;
  const auto target = failover::parse_target(argv[2]);
  const auto loop = failover::Loop::create();
  if (!target || !loop) return 2;
  auto resolver = failover::Resolver::create(**loop, argv[1]);
  if (!resolver) return 2;
  failover::Curl curl(**loop);
  const failover::ProbeOptions options;
  const std::optional<failover::Address> source;
  std::optional<failover::Observation> seen;
  failover::Check check({**loop, curl, options, source, nullptr}, **resolver, *target,
                        failover::Deadline::after(std::chrono::milliseconds(std::stoi(argv[3]))),
                        [&seen](failover::Observation observation) { seen = std::move(observation); });
  check.start();
  if (!(*loop)->run([&seen] { return seen.has_value(); }, failover::Context{})) return 1;
  std::cout << nlohmann::json{{"health", std::string(failover::to_string(seen->health))}, {"detail", seen->detail}}
            << '\n';
  return 0;
}
