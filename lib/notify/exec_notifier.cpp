#include "notify/exec_notifier.hpp"

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
#include "notify/notification_text.hpp"

namespace failover {

namespace {

class ExecNotifier final : public Notifier {
 public:
  explicit ExecNotifier(std::string file) noexcept : file_(std::move(file)) {}

  [[nodiscard]] std::string describe() const override { return file_; }

  Result<void> send(const Notification& notification, const Context& context) override {
    ChildCommand command;
    command.argv = {file_};
    command.environment = {{"FO_NOTIFY_EVENT", std::string(to_string(notification.event))},
                           {"FO_NOTIFY_SERVICE", one_line(notification.service)},
                           {"FO_NOTIFY_NODE", one_line(notification.node)},
                           {"FO_NOTIFY_EPOCH", std::to_string(notification.epoch)},
                           {"FO_NOTIFY_STEP", std::string(to_string(notification.step))},
                           {"FO_NOTIFY_SERVING", one_line(notification.serving)},
                           {"FO_NOTIFY_NEXT", one_line(notification.next)},
                           {"FO_NOTIFY_MESSAGE", one_line(notification.message)}};
    command.input = notification_json(notification) + "\n";
    const auto result = FO_TRY(while_doing("telling " + file_, run_child(command, context)));
    if (result.ok()) return {};
    return fail(ErrorKind::io, fmt::format("the notifier {} ended with {}", file_, result.how_it_ended()));
  }

 private:
  std::string file_;
};

}  // namespace

Result<std::unique_ptr<Notifier>> make_exec_notifier(std::string_view spec) {
  const auto url = FO_TRY(parse_url(spec));
  auto file = FO_TRY(url.decoded_path());
  if (!url.host.empty() || !url.user.empty() || url.has_query || file.size() < 2 || file.ends_with('/')) {
    return fail(ErrorKind::usage, fmt::format("the notifier {} is not exec:///FILE", spec));
  }
  return std::make_unique<ExecNotifier>(std::move(file));
}

}  // namespace failover
