#pragma once

#include <memory>
#include <string_view>

#include <failover/error.hpp>
#include <failover/promoter.hpp>

namespace failover {

/// `mail:ADDRESS[?from=ADDRESS][&sendmail=FILE]`: a mail by the host's own mail system.
Result<std::unique_ptr<Notifier>> make_mail_notifier(std::string_view spec);

}  // namespace failover
