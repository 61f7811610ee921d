#include <charconv>
#include <chrono>
#include <cstddef>
#include <ctime>
#include <iostream>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include <fmt/format.h>

#include <failover/context.hpp>
#include <failover/observer.hpp>
#include <failover/registry.hpp>

namespace {

double cpu_seconds() {
  timespec now{};
  clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
  return static_cast<double>(now.tv_sec) + static_cast<double>(now.tv_nsec) / 1e9;
}

}  // namespace

/// observe ROUNDS <TARGETS: asks all targets, one a line on stdin, so many times by the library; a line of JSON a round
/// with the seconds that it took, without the process's start.
int main(int argc, char** argv) {
  int rounds = 1;
  if (argc > 1) {
    const std::string_view text(std::span(argv, static_cast<std::size_t>(argc))[1]);
    std::from_chars(text.begin(), text.end(), rounds);
  }
  std::vector<failover::Target> targets;
  for (std::string line; std::getline(std::cin, line);) {
    auto target = failover::parse_target(line);
    if (!target) {
      fmt::print(stderr, "{}\n", target.error().message);
      return 2;
    }
    targets.push_back(std::move(*target));
  }
  const auto observer = failover::make_observer({});
  if (!observer) return 2;
  for (int round = 0; round < rounds; ++round) {
    const auto cpu = cpu_seconds();
    const auto began = std::chrono::steady_clock::now();
    const auto observations = (*observer)->observe(targets, failover::Context{});
    const std::chrono::duration<double> took = std::chrono::steady_clock::now() - began;
    std::size_t up = 0;
    for (const auto& one : observations) up += one.health == failover::Health::up ? 1U : 0U;
    fmt::print(R"({{"targets":{},"up":{},"seconds":{:.6f},"cpu_seconds":{:.6f}}})"
               "\n",
               targets.size(), up, took.count(), cpu_seconds() - cpu);
  }
}
