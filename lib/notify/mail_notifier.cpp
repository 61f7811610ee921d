#include "notify/mail_notifier.hpp"

#include <memory>
#include <string>
#include <string_view>
#include <utility>

#include <fmt/format.h>

#include <failover/context.hpp>
#include <failover/error.hpp>
#include <failover/promoter.hpp>

#include "core/child_process.hpp"
#include "core/url.hpp"
#include "notify/mail_message.hpp"

namespace failover {

namespace {

constexpr std::string_view prefix = "mail:";

class MailNotifier final : public Notifier {
 public:
  std::string to;
  std::string from;
  std::string sendmail = "/usr/sbin/sendmail";

  [[nodiscard]] std::string describe() const override { return "mail to " + to; }

  Result<void> send(const Notification& notification, const Context& context) override {
    ChildCommand command;
    // The recipient stands in the message, never in argv; a dot alone on a line ends nothing.
    command.argv = {sendmail, "-t", "-i"};
    command.input = mail_message(notification, to, from);
    const auto result = FO_TRY(while_doing("sending a mail to " + to, run_child(command, context)));
    if (result.ok()) return {};
    return fail(ErrorKind::io,
                fmt::format("the mail to {} was not taken: {} ended with {}", to, sendmail, result.how_it_ended()));
  }
};

}  // namespace

Result<std::unique_ptr<Notifier>> make_mail_notifier(std::string_view spec) {
  const auto rest = spec.substr(prefix.size());
  const auto question = rest.find('?');
  auto notifier = std::make_unique<MailNotifier>();
  notifier->to = rest.substr(0, question);
  if (question != std::string_view::npos) {
    const auto url = FO_TRY(parse_url("mail://host" + std::string(rest.substr(question))));
    for (auto& [key, value] : FO_TRY(url.parameters())) {
      if (key == "from") {
        notifier->from = std::move(value);
      } else if (key == "sendmail" && value.starts_with('/')) {
        notifier->sendmail = std::move(value);
      } else {
        return fail(ErrorKind::usage,
                    fmt::format("'{}={}' is no parameter of a mail (from=ADDRESS, sendmail=/FILE)", key, value));
      }
    }
  }
  for (const auto& address : {notifier->to, notifier->from.empty() ? notifier->to : notifier->from}) {
    if (!is_mail_address(address)) {
      return fail(ErrorKind::usage, fmt::format("'{}' is not one plain mail address; write mail:ADDRESS", address));
    }
  }
  return std::unique_ptr<Notifier>(std::move(notifier));
}

}  // namespace failover
