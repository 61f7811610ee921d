#include "notify/notification_text.hpp"

#include <algorithm>
#include <string>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <failover/promoter.hpp>

#include "core/clock.hpp"

namespace failover {

std::string one_line(std::string text) {
  std::ranges::replace_if(text, [](unsigned char c) { return c < 0x20 || c == 0x7f; }, ' ');
  return text;
}

std::string notification_sentence(const Notification& notification) {
  return one_line(fmt::format("{}: promotion of {} to epoch {} {}{}{}", notification.service, notification.node,
                              notification.epoch, to_string(notification.event),
                              notification.message.empty() ? "" : ": ", notification.message));
}

std::string notification_json(const Notification& notification) {
  const nlohmann::ordered_json json{{"type", "promotion"},
                                    {"event", to_string(notification.event)},
                                    {"time", rfc3339(notification.when)},
                                    {"service", notification.service},
                                    {"node", notification.node},
                                    {"epoch", notification.epoch},
                                    {"step", to_string(notification.step)},
                                    {"serving", notification.serving},
                                    {"next", notification.next},
                                    {"warnings", notification.warnings},
                                    {"message", notification.message},
                                    {"text", notification_sentence(notification)}};
  return json.dump(-1, ' ', false, nlohmann::ordered_json::error_handler_t::replace);
}

}  // namespace failover
