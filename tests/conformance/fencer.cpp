// One fencer, driven line by line: a line of JSON on stdin is one call, its answer a line of JSON on stdout.
//
//   conformance_fencer SPEC NODE ADDRESS
//   {"act":"describe"} {"act":"status"} {"act":"fence","epoch":7} {"act":"give-back","epoch":8}
//   each with "seconds":8, its deadline

#include <chrono>
#include <cstdint>
#include <iostream>
#include <string>

#include <nlohmann/json.hpp>

#include <failover/context.hpp>
#include <failover/error.hpp>
#include <failover/fencer.hpp>
#include <failover/registry.hpp>

namespace {

using nlohmann::json;

json failed(const failover::Error& error) {
  return {{"error", failover::to_string(error.kind)}, {"message", error.message}};
}

json act(failover::Fencer& fencer, failover::FenceTarget target, const json& line) {
  const failover::Context context{
      failover::Deadline::after(std::chrono::seconds(line.value("seconds", 20))), {}, nullptr};
  target.epoch = line.value("epoch", std::uint64_t{0});
  const auto what = line.at("act").get<std::string>();
  if (what == "describe") return {{"says", fencer.describe()}, {"kind", static_cast<int>(fencer.kind())}};
  if (what == "status") {
    const auto status = fencer.status(target, context);
    if (!status) return failed(status.error());
    return {{"state", *status == failover::FenceState::on ? "on" : "off"}};
  }
  const auto done = what == "give-back" ? fencer.give_back(target, context) : fencer.fence(target, context);
  return done ? json{{"ok", true}} : failed(done.error());
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 4) return 2;
  const auto fencer = failover::make_fencer(argv[1], "");
  if (!fencer) {
    std::cout << failed(fencer.error()) << '\n';
    return 1;
  }
  for (std::string line; std::getline(std::cin, line);) {
    std::cout << act(**fencer, {argv[2], argv[3], 0}, json::parse(line)) << '\n' << std::flush;
  }
  return 0;
}
