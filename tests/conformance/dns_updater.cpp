// Does one act on one view and prints what came of it as one JSON line; tests/conformance/dns_updater_suite.py drives
// it.
//
//   conformance_dns_updater URL SERVICE EPOCH_RECORD TIMEOUT_S CLOCK_OFFSET_S ACT [ARGUMENTS...]
//   ACT: view | current | prove | ask | replace FROM TO | wait WANTED | race N FROM TO
//
// A record argument is ADDRESS,ADDRESS..[;EPOCH:NODE]; "-" stands for no address.

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <iostream>
#include <latch>
#include <mutex>
#include <span>
#include <string>
#include <string_view>
#include <thread>
#include <utility>
#include <vector>

#include <nlohmann/json.hpp>

#include <failover/context.hpp>
#include <failover/dns.hpp>
#include <failover/error.hpp>
#include <failover/registry.hpp>

#include "dns/rfc2136.hpp"

namespace {

using failover::Context;
using failover::DnsView;
using failover::EpochMark;
using failover::Result;
using failover::ServiceRecord;
using nlohmann::json;

ServiceRecord parse_record(std::string_view text) {
  ServiceRecord record;
  const auto semicolon = text.find(';');
  std::string_view addresses = text.substr(0, semicolon);
  while (!addresses.empty() && addresses != "-") {
    const auto comma = addresses.find(',');
    record.addresses.emplace_back(addresses.substr(0, comma));
    addresses = comma == std::string_view::npos ? std::string_view{} : addresses.substr(comma + 1);
  }
  if (semicolon == std::string_view::npos) return record;
  const auto mark = text.substr(semicolon + 1);
  const auto colon = mark.find(':');
  record.mark = EpochMark{std::stoull(std::string(mark.substr(0, colon))), std::string(mark.substr(colon + 1)),
                          "2026-11-23T06:07:00Z"};
  return record;
}

json to_json(const ServiceRecord& record) {
  json result{{"addresses", record.addresses}, {"ttl", record.ttl.count()}, {"epoch", nullptr}, {"node", nullptr}};
  for (const auto& target : record.targets) result["targets"].push_back(target.host);
  if (record.mark) {
    result["epoch"] = record.mark->epoch;
    result["node"] = record.mark->node;
  }
  return result;
}

template <typename T>
json outcome(const Result<T>& result) {
  if (!result) return {{"ok", false}, {"kind", to_string(result.error().kind)}, {"message", result.error().message}};
  return {{"ok", true}};
}

json outcome_record(const Result<ServiceRecord>& result) {
  auto answer = outcome(result);
  if (result) answer.update(to_json(*result));
  return answer;
}

Result<DnsView> make_view(std::span<char*> arguments) {
  const auto offset = std::chrono::seconds(std::stoll(arguments[4]));
  if (offset.count() == 0) {
    const std::string both = arguments[0];  // URL, or URL and --epoch-dns with a blank between
    const auto blank = both.find(' ');
    return failover::make_dns_view(both.substr(0, blank), arguments[1], arguments[2],
                                   blank == std::string::npos ? std::string{} : both.substr(blank + 1));
  }
  // A wrong clock without faking the process's time.
  const auto clock = [offset] { return std::chrono::system_clock::now() + offset; };
  return failover::make_rfc2136_view(arguments[0], arguments[1], arguments[2], clock);
}

/// Keeps the warnings and remarks of one act; a race has several threads.
class Warnings final : public failover::Events {
 public:
  void progress(std::string_view, std::uint64_t, std::uint64_t) noexcept override {}
  void note(failover::Level level, std::string_view sentence) noexcept override {
    const std::scoped_lock lock(mutex_);
    if (level == failover::Level::warning) said_.emplace_back(sentence);
    if (level == failover::Level::info) remarks_.emplace_back(sentence);
  }
  [[nodiscard]] json said() {
    const std::scoped_lock lock(mutex_);
    return said_;
  }
  [[nodiscard]] json remarks() {
    const std::scoped_lock lock(mutex_);
    return remarks_;
  }

 private:
  std::mutex mutex_;
  std::vector<std::string> said_;
  std::vector<std::string> remarks_;
};

Warnings& warnings() {
  static Warnings one;
  return one;
}

Context context_of(std::span<char*> arguments) {
  Context context;
  context.events = &warnings();
  context.deadline =
      failover::Deadline::after(std::chrono::milliseconds(static_cast<int>(std::stod(arguments[3]) * 1000)));
  return context;
}

json ask_all(DnsView& view, const Context& context) {
  const auto answers = view.verifier->ask_all(context);
  auto result = outcome(answers);
  if (!answers) return result;
  for (const auto& answer : *answers) {
    auto one = outcome_record(answer.record);
    one["server"] = answer.server;
    result["servers"].push_back(std::move(one));
  }
  return result;
}

/// N threads, each with a view of its own and an address of its own, start from the same record at once.
json race(std::span<char*> arguments) {
  const int count = std::stoi(arguments[6]);
  const auto from = parse_record(arguments[7]);
  std::latch start(count);
  std::vector<json> results(static_cast<std::size_t>(count));
  std::vector<std::jthread> threads;
  threads.reserve(results.size());
  for (int i = 0; i < count; ++i) {
    threads.emplace_back([&, i] {
      auto view = make_view(arguments);
      auto to = parse_record(arguments[8]);
      to.addresses = {"192.0.2." + std::to_string(100 + i)};
      if (to.mark) to.mark->node = "node" + std::to_string(i);
      start.arrive_and_wait();
      results[static_cast<std::size_t>(i)] =
          view ? outcome(view->updater->replace(from, to, context_of(arguments))) : outcome(view);
      results[static_cast<std::size_t>(i)]["address"] = to.addresses.front();
    });
  }
  threads.clear();
  return {{"ok", true}, {"results", results}};
}

json act(std::span<char*> arguments) {
  const std::string_view what = arguments[5];
  if (what == "race") return race(arguments);
  auto view = make_view(arguments);
  if (!view) return outcome(view);
  const auto context = context_of(arguments);
  if (what == "current") return outcome_record(view->updater->current(context));
  if (what == "prove") return outcome(view->updater->prove_access(context));
  if (what == "ask") return ask_all(*view, context);
  if (what == "wait") return outcome(view->verifier->wait_until(parse_record(arguments[6]), context));
  if (what == "replace") {
    return outcome(view->updater->replace(parse_record(arguments[6]), parse_record(arguments[7]), context));
  }
  auto result = outcome(view);
  result["from"] = view->from;
  result["to"] = view->to;
  result["ttl"] = view->ttl.value_or(std::chrono::seconds(0)).count();
  result["describe"] = view->updater->describe();
  result["swap"] = to_string(view->updater->swap());
  return result;
}

}  // namespace

int main(int argc, char** argv) {
  const std::span<char*> arguments(argv + 1, static_cast<std::size_t>(argc - 1));
  if (arguments.size() < 6) return 2;
  auto result = act(arguments);
  result["warnings"] = warnings().said();
  result["remarks"] = warnings().remarks();
  std::cout << result.dump() << '\n';
  return 0;
}
