#include "failover/registry.hpp"

#include <array>
#include <memory>
#include <string_view>

#include <fmt/format.h>

#include <failover/error.hpp>
#include <failover/promoter.hpp>

#include "notify/exec_notifier.hpp"
#include "notify/mail_notifier.hpp"
#include "notify/webhook_notifier.hpp"

namespace failover {

namespace {

struct NotifierRow {
  std::string_view beginning;
  Result<std::unique_ptr<Notifier>> (*make)(std::string_view spec);
};

constexpr std::array notifiers{
    NotifierRow{"exec://", make_exec_notifier},
    NotifierRow{"webhook+https://", make_webhook_notifier},
    NotifierRow{"webhook+http://", make_webhook_notifier},
    NotifierRow{"mail:", make_mail_notifier},
};

}  // namespace

Result<std::unique_ptr<Notifier>> make_notifier(std::string_view spec) {
  for (const auto& row : notifiers) {
    if (spec.starts_with(row.beginning)) return row.make(spec);
  }
  return fail(
      ErrorKind::usage,
      fmt::format("'{}' is no notifier; known are exec:///FILE, webhook+https://HOST/PATH and mail:ADDRESS", spec));
}

}  // namespace failover
