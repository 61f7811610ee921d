#include "notify/mail_message.hpp"

#include <algorithm>
#include <cstddef>
#include <string>
#include <string_view>

#include <fmt/format.h>

#include <failover/promoter.hpp>

#include "core/ascii.hpp"
#include "core/clock.hpp"
#include "notify/notification_text.hpp"

namespace failover {

namespace {

constexpr std::size_t longest_subject = 200;
constexpr std::size_t longest_line = 900;  // RFC 5322 section 2.1.1 allows 998
constexpr std::size_t longest_address = 254;

bool is_atom(std::string_view text) noexcept {
  return consists_of_alphanumerics(text, ".!#$&'*+/=^_`{|}~-") && !text.starts_with('-');
}

std::string ascii(std::string text) {
  std::ranges::replace_if(text, [](unsigned char c) { return c >= 0x7f; }, '?');
  text.resize(std::min(text.size(), longest_subject));
  return text;
}

/// Lines short enough for every mail system, cut between characters.
std::string body_lines(std::string_view text) {
  std::string lines;
  while (text.size() > longest_line) {
    auto cut = longest_line;
    while (cut > longest_line - 4 && (static_cast<unsigned char>(text[cut]) & 0xc0U) == 0x80U) --cut;
    lines.append(text.substr(0, cut)).append("\n");
    text.remove_prefix(cut);
  }
  return lines.append(text).append("\n");
}

std::string body(const Notification& notification) {
  std::string text;
  const auto line = [&text](std::string_view name, const std::string& value) {
    if (!value.empty()) text += body_lines(fmt::format("{:9} {}", name, one_line(value)));
  };
  text += body_lines(notification_sentence(notification)) + "\n";
  line("service", notification.service);
  line("node", notification.node);
  line("event", std::string(to_string(notification.event)));
  line("epoch", std::to_string(notification.epoch));
  line("step", std::string(to_string(notification.step)));
  line("serving", notification.serving);
  line("next", notification.next);
  for (const auto& warning : notification.warnings) line("warning", warning);
  line("time", rfc3339(notification.when));
  return text;
}

}  // namespace

bool is_mail_address(std::string_view text) noexcept {
  if (text.size() > longest_address) return false;
  const auto at = text.find('@');
  if (at == std::string_view::npos) return is_atom(text);
  return is_atom(text.substr(0, at)) && is_atom(text.substr(at + 1));
}

std::string mail_message(const Notification& notification, std::string_view to, std::string_view from) {
  const auto subject = ascii(one_line(fmt::format("failover {}: promotion of {} {}", notification.service,
                                                  notification.node, to_string(notification.event))));
  // Auto-Submitted keeps vacation programs from answering (RFC 3834).
  return fmt::format(
      "To: {}\n{}Subject: {}\nAuto-Submitted: auto-generated\nMIME-Version: 1.0\n"
      "Content-Type: text/plain; charset=UTF-8\nContent-Transfer-Encoding: 8bit\n\n{}",
      to, from.empty() ? std::string() : fmt::format("From: {}\n", from), subject, body(notification));
}

}  // namespace failover
