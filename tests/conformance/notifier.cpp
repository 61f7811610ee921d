// One notifier: sends one message and says on stdout what came of it, as a line of JSON.
//
//   conformance_notifier SPEC MESSAGE [SECONDS]

#include <chrono>
#include <iostream>
#include <span>
#include <string>

#include <nlohmann/json.hpp>

#include <failover/context.hpp>
#include <failover/error.hpp>
#include <failover/promoter.hpp>
#include <failover/registry.hpp>

namespace {

nlohmann::json failed(const failover::Error& error) {
  return {{"error", failover::to_string(error.kind)}, {"message", error.message}};
}

}  // namespace

int main(int argc, char** argv) {
  const std::span arguments(argv, static_cast<std::size_t>(argc));
  if (arguments.size() < 3) return 2;
  const auto notifier = failover::make_notifier(arguments[1]);
  if (!notifier) {
    std::cout << failed(notifier.error()) << "\n";
    return 1;
  }
  failover::Notification notification;
  notification.event = failover::PromotionEvent::unfinished;
  notification.service = "pbx.example";
  notification.node = "b";
  notification.epoch = 7;
  notification.step = failover::PromotionStep::fence;
  notification.serving = "unknown";
  notification.message = arguments[2];
  notification.next = "fo-promote resume";
  notification.warnings = {"the backup is old"};
  notification.when = std::chrono::sys_days(std::chrono::year(2026) / 11 / 23);
  const auto seconds = std::chrono::seconds(arguments.size() > 3 ? std::stoi(arguments[3]) : 5);
  const auto sent = (*notifier)->send(notification, {failover::Deadline::after(seconds), {}, nullptr});
  auto answer = sent ? nlohmann::json{{"ok", true}} : failed(sent.error());
  answer["describe"] = (*notifier)->describe();
  std::cout << answer << "\n";
  return sent ? 0 : 1;
}
